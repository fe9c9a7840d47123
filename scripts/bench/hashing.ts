import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkoutIn } from "../../pipeline/src/local/checkout.ts";
import { seededRandom } from "../../pipeline/test/seeded-random.ts";
import { compared, type Findings, type Part } from "./figure.ts";
import { interleave } from "./measure.ts";
import { runProgram } from "./run-program.ts";
import { whenStopped } from "./when-stopped.ts";

const files = 10_000;
const folders = 100;
const meanBytes = 20_000;
const rounds = 5;

/** The second is asked where there is one: not every sha256sum uses the processor's own instructions, as openssl does. */
const programs = [["sha256sum"], ["openssl", "dgst", "-sha256", "-r"]] as const;
type Program = (typeof programs)[number];

/** The listing and hashing of a build's web folder beside the system's own programs; the files lie in the page cache. */
export const hashing: Part = {
  name: "hashing",
  title: "the walk and hash of a built folder, beside sha256sum",
  run: async () => {
    const folder = await mkdtemp(join(tmpdir(), "slipway-bench-hashing-"));
    const remove = () => rm(folder, { recursive: true, force: true });
    using _stopped = whenStopped(remove);
    try {
      return await measureHashing(folder);
    } finally {
      await remove();
    }
  },
};

async function measureHashing(folder: string): Promise<Findings> {
  const { paths, bytes } = writeFiles(folder);
  const [required, other] = programs;
  const asked: readonly Program[] = (await isThere(other)) ? programs : [required];
  const found = new Map<string, Digests>();
  const subject = (name: string, hash: () => Promise<Digests>) =>
    [name, async () => found.set(name, await hash())] as const;
  const ours = "walk and hash, one thread";
  const nameOf = (program: Program) => ["xargs -0", ...program].join(" ");
  const samples = await interleave(
    rounds,
    Object.fromEntries([
      subject(ours, () => hashAsBuildsDo(folder)),
      ...asked.map((program) => subject(nameOf(program), () => hashWithProgram(program, folder, paths))),
    ]),
  );
  const samplesOf = (name: string) => ({ name, samples: samples[name] ?? [] });
  const note = "ours also lists the folder and judges each entry; theirs is handed the list";
  return {
    size: { files, megabytes: Math.round(bytes / 1e6), rounds },
    figures: asked.map((program) => compared(samplesOf(ours), samplesOf(nameOf(program)), note)),
    problems: asked.flatMap((program) => {
      const differing = paths.filter((path) => !isSame(path, found.get(ours), found.get(nameOf(program))));
      return differing.length === 0
        ? []
        : [`${program[0]} tells ${differing.length} other digests, ${differing[0]} first`];
    }),
  };
}

const isThere = ([name]: Program): Promise<boolean> =>
  runProgram(name, ["version"]).then(
    ({ exit }) => exit === 0,
    () => false,
  );

const isSame = (path: string, ours: Digests | undefined, theirs: Digests | undefined): boolean =>
  ours?.get(path) !== undefined && ours.get(path) === theirs?.get(path);

type Digests = ReadonlyMap<string, string>;

/** Sizes as web files have them: many small ones, few large ones. */
function writeFiles(folder: string): { readonly paths: readonly string[]; readonly bytes: number } {
  const { fraction } = seededRandom("bench");
  const noise = randomBytes(1 << 20);
  const paths: string[] = [];
  let bytes = 0;
  for (let n = 0; n < folders; n += 1) mkdirSync(join(folder, String(n)));
  for (let n = 0; n < files; n += 1) {
    const size = Math.min(noise.length / 2, Math.round(-Math.log(1 - fraction()) * meanBytes));
    const from = Math.floor((fraction() * noise.length) / 2);
    const path = `${n % folders}/${n}.bin`;
    writeFileSync(join(folder, path), noise.subarray(from, from + size));
    paths.push(path);
    bytes += size;
  }
  return { paths, bytes };
}

async function hashAsBuildsDo(folder: string): Promise<Digests> {
  const checkout = checkoutIn(folder, files, { variables: {}, redact: (text) => text });
  const digests = new Map<string, string>();
  for (const { path } of (await checkout.walk(".")) ?? []) digests.set(path, await checkout.digest(path));
  return digests;
}

async function hashWithProgram(program: Program, folder: string, paths: readonly string[]): Promise<Digests> {
  const input = paths.map((path) => `${path}\0`).join("");
  const { exit, stdout, stderr } = await runProgram("xargs", ["-0", ...program], { folder, input });
  if (exit !== 0) throw new Error(`${program[0]} ended with ${exit}: ${stderr}`);
  // The digest, a space, one sign for the mode, the path.
  const lines = stdout.trimEnd().split("\n");
  return new Map(lines.map((line) => [line.slice(66), `sha256:${line.slice(0, 64)}`] as const));
}
