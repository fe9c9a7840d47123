import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { RefusalError } from "../../errors.ts";
import type { Checkout } from "../../release/build-ports.ts";

export interface DockerBuild {
  /** For people. */
  readonly what: string;
  /** Absolute, or below the checkout. */
  readonly context: string;
  readonly dockerfile: string;
  readonly platform: string;
  readonly buildArguments: Readonly<Record<string, string>>;
}
/** Where the client runs, and who looks on. */
export interface Run {
  /** It gives commands no credential of AWS, and ends them when we are killed: the engine then gives up the build. */
  readonly checkout: Pick<Checkout, "run">;
  /** A folder for what is on its way. */
  readonly scratch: string;
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

/** @throws RefusalError `build-failed` where there is no client, or no engine answers it */
export async function requireEngine(
  variables: Readonly<Record<string, string | undefined>>,
  redact: (text: string) => string,
): Promise<void> {
  try {
    const options = { env: { ...variables }, timeout: 20_000 };
    await promisify(execFile)("docker", ["version", "--format", "{{.Server.Version}}"], options);
  } catch (error) {
    const { code, stderr } = error as { readonly code?: unknown; readonly stderr?: string };
    const isAbsent = code === "ENOENT";
    const elsewhere = "promote build --image <service>=<repository>@sha256:<digest>";
    throw new RefusalError({
      code: "build-failed",
      message: `${isAbsent ? "docker is not installed here" : "docker does not reach its engine"}, and a dockerfile is to be built. Nothing was built.`,
      evidence: isAbsent
        ? []
        : redact(stderr ?? "")
            .split("\n")
            .filter(isFilled)
            .slice(-3),
      next: isAbsent ? [elsewhere] : ["docker version", elsewhere],
      cause: error,
    });
  }
}

/** What is built has no name, so a build that is killed leaves none. Answers its id. @throws RefusalError `build-failed` */
export async function dockerBuild(build: DockerBuild, run: Run): Promise<string> {
  const idFile = join(run.scratch, "id");
  const given = Object.entries(build.buildArguments).map(([name, value]) => `--build-arg=${name}=${value}`);
  const { platform, dockerfile, context } = build;
  const flags = [`--platform=${platform}`, `--file=${dockerfile}`, `--iidfile=${idFile}`, ...given];
  await docker(`docker build of ${build.what}`, ["build", ...flags, context], run);
  return (await readFile(idFile, "utf8")).trim();
}

/** Answers the file, a tar. */
export async function dockerSave(what: string, id: string, run: Run): Promise<string> {
  const file = join(run.scratch, "saved.tar");
  await docker(`docker save of ${what}`, ["save", `--output=${file}`, id], run);
  return file;
}

async function docker(what: string, args: readonly string[], { checkout, onLine, signal }: Run): Promise<void> {
  const tail: string[] = [];
  const watch = (line: string): void => {
    if (isFilled(line)) tail.push(line);
    if (tail.length > mostLines) tail.shift();
    onLine(line);
  };
  // What buildx attests is stamped with times, and makes a list of images out of one.
  const variables = { BUILDX_NO_DEFAULT_ATTESTATIONS: "1" };
  const result = await checkout.run(["docker", ...args], variables, watch, signal);
  signal.throwIfAborted();
  if (result.exitCode === 0) return;
  throw new RefusalError({
    code: "build-failed",
    message: `${what} ${result.because ?? "failed"}. Nothing was published.`,
    evidence: tail,
  });
}

const mostLines = 20;
const isFilled = (line: string): boolean => line.trim() !== "";
