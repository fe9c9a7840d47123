/** npm run test:mutants -- [--only <text>]: plants each bug in a copy of the sources and asks whether anything notices. */
import { execFile } from "node:child_process";
import { appendFile, cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import type { Mutant } from "./mutant.ts";
import { mutants } from "./mutants.ts";

const { values } = parseArgs({ options: { only: { type: "string" }, table: { type: "string" } } });
const run = promisify(execFile);
const pipeline = fileURLToPath(new URL("../..", import.meta.url));
const limitSeconds = 60;

interface Verdict {
  readonly mutant: Mutant;
  /** Which check noticed it, and what it said; null: nothing did. */
  readonly caught: { readonly check: string; readonly problem: string } | null;
  readonly seconds: number;
}

const asked = mutants.filter(({ name, after }) => `${name} ${after}`.includes(values.only ?? ""));
const verdicts = await tryAll(asked);
const lines = verdicts.map(
  ({ mutant, caught, seconds }) =>
    `| ${mutant.name} | ${mutant.after} | ${caught?.check ?? "**nothing**"} | ${seconds.toFixed(1)} |`,
);
if (values.table !== undefined)
  await writeFile(
    values.table,
    `${["| planted bug | after | caught by | s |", "|---|---|---|---|", ...lines].join("\n")}\n`,
  );
const missed = verdicts.filter(({ caught }) => caught === null);
say(`${verdicts.length - missed.length} of ${verdicts.length} planted bugs caught`);
if (process.env.SLIPWAY_GUARANTEES !== undefined) {
  const seconds = Math.round(verdicts.reduce((sum, one) => sum + one.seconds, 0));
  const line = {
    promise: "planted-bugs",
    tries: verdicts.length,
    unit: "bugs planted in our own code",
    failures: missed.length,
    seconds,
  };
  await appendFile(process.env.SLIPWAY_GUARANTEES, `${JSON.stringify(line)}\n`);
}
process.exitCode = missed.length > 0 || verdicts.length === 0 ? 1 : 0;

async function tryAll(all: readonly Mutant[]): Promise<readonly Verdict[]> {
  const waiting = all.toReversed();
  const done: Verdict[] = [];
  await Promise.all(
    Array.from({ length: availableParallelism() }, async (_, copy) => {
      const folder = await copySources(copy);
      for (let mutant = waiting.pop(); mutant; mutant = waiting.pop()) {
        const verdict = await tryOne(folder, mutant);
        done.push(verdict);
        say(
          `${verdict.caught ? "caught" : "MISSED"} ${mutant.name}: ${verdict.caught?.check ?? "nothing noticed"}, ${verdict.seconds.toFixed(1)} s`,
        );
      }
      await rm(folder, { recursive: true, force: true });
    }),
  );
  return all.flatMap((mutant) => done.find((verdict) => verdict.mutant === mutant) ?? []);
}

/** Inside the package, so that libraries are found from there. */
async function copySources(copy: number): Promise<string> {
  const folder = join(pipeline, ".slipway", `mutant-${process.pid}-${copy}`);
  await mkdir(folder, { recursive: true });
  for (const part of ["src", "test", "package.json"])
    await cp(join(pipeline, part), join(folder, part), { recursive: true });
  return folder;
}

async function tryOne(folder: string, mutant: Mutant): Promise<Verdict> {
  const file = join(folder, "src", mutant.file);
  const whole = await readFile(file, "utf8");
  const parts = whole.split(mutant.find);
  if (parts.length !== 2)
    throw new Error(`"${mutant.name}": its line stands ${parts.length - 1} times in ${mutant.file}`);
  await writeFile(file, parts.join(mutant.replace));
  const started = performance.now();
  try {
    const { tests, simulation = "promotion" } = mutant;
    const caught = tests === undefined ? await askSimulation(folder, simulation) : await askTests(folder, tests);
    return { mutant, caught, seconds: (performance.now() - started) / 1000 };
  } finally {
    await writeFile(file, whole);
  }
}

async function askSimulation(folder: string, which: string): Promise<Verdict["caught"]> {
  const detect = join(folder, "test", "mutants", "detect.ts");
  try {
    const { stdout } = await run(process.execPath, [detect, String(limitSeconds), which], {
      timeout: 2 * limitSeconds * 1000,
    });
    return stdout === "" ? null : (JSON.parse(stdout) as Verdict["caught"]);
  } catch (error) {
    // It hung, or a promise that nobody awaits broke: either would have been noticed.
    return { check: "the simulation broke down", problem: String(error).slice(0, 200) };
  }
}

async function askTests(folder: string, tests: string): Promise<Verdict["caught"]> {
  const vitest = join(fileURLToPath(import.meta.resolve("vitest/package.json")), "..", "vitest.mjs");
  try {
    await run(process.execPath, [vitest, "run", "--root", folder, join("src", tests)], {
      timeout: 2 * limitSeconds * 1000,
      env: { ...process.env, NO_COLOR: "1" },
    });
    return null;
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { readonly stdout?: string; readonly stderr?: string };
    const failed = /FAIL\s+(.*)/.exec(stdout + stderr)?.[1]?.trim();
    if (failed === undefined) throw error;
    return { check: failed, problem: failed };
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
