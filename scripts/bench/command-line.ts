import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Target } from "../../pipeline/src/environment/target.ts";
import { localTiming } from "../../pipeline/src/ledger/lease-timing.ts";
import { connectLocal } from "../../pipeline/src/local/connect.ts";
import { bundleCli } from "../pack/bundle-cli.ts";
import { compared, type Findings, type Part } from "./figure.ts";
import { LocalPromotions } from "./local-promotions.ts";
import { interleave } from "./measure.ts";
import { runProgram } from "./run-program.ts";

const rounds = 7;
const cli = join(import.meta.dirname, "../../cli");
const launcher = "bin/promote.js";
const bare = "node -e 0";
const verbs: readonly (readonly string[])[] = [["--version"], ["--help"], ["completion", "bash"], ["status"]];

/** How long calls that change nothing take as processes of their own, as ratios to a Node that does nothing. */
export const commandLine: Part = {
  name: "command-line",
  title: `calls of the command line, beside ${bare}`,
  run: async () => {
    await using local = await LocalPromotions.open();
    const { root } = local.repository;
    const connect = (target: Target) => connectLocal({ root, target });
    await local.repository.promote({ connect, timing: localTiming }, { sha: await local.build() });
    const packed = join(root, ".slipway", "packed");
    await packInto(packed);
    // Awaited here: what is measured must still be there.
    return await measureCalls(root, { ...callsOf(packed, ""), ...callsOf(cli, " (checkout)") });
  },
};

/** The command line as customers have it. */
async function packInto(folder: string): Promise<void> {
  await bundleCli(join(folder, "dist"));
  for (const file of [launcher, "package.json"]) cpSync(join(cli, file), join(folder, file));
}

const callsOf = (folder: string, where: string): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(verbs.map((words) => [`promote ${words.join(" ")}${where}`, [join(folder, launcher), ...words]]));

async function measureCalls(root: string, calls: ReturnType<typeof callsOf>): Promise<Findings> {
  const hook = writeHook(root);
  const run = async (args: readonly string[]) => {
    const { exit, stdout, stderr } = await runProgram(process.execPath, ["--require", hook, ...args], { folder: root });
    return { exit, stdout, stderr, processor: Number(/ (\d+)$/.exec(stderr)?.[1]) / 1_000 };
  };
  const problems: string[] = [];
  const subjects: Record<string, readonly string[]> = { [bare]: ["-e", "0"] };
  for (const [name, args] of Object.entries(calls)) {
    const { exit, stdout, stderr } = await run(args);
    if (exit === 0 && stdout !== "") subjects[name] = args;
    else problems.push(`${name} ended with ${exit}: ${stderr.trim().split("\n")[0]}`);
  }
  const processor = new Map(Object.keys(subjects).map((name) => [name, [] as number[]]));
  const measured = Object.entries(subjects).map(
    ([name, args]) => [name, async () => processor.get(name)?.push((await run(args)).processor)] as const,
  );
  const clock = await interleave(rounds, Object.fromEntries(measured));
  const samplesOf = (name: string) => ({ name, samples: clock[name] ?? [] });
  // The first is of the round that does not count.
  const processorOf = (name: string) => ({ name: `${name}: processor`, samples: processor.get(name)?.slice(1) ?? [] });
  const names = Object.keys(subjects).filter((name) => name !== bare);
  return {
    size: { environments: 3, "environments that run": 1, promotions: 1, rounds },
    figures: [
      ...names.map((name) => compared(samplesOf(name), samplesOf(bare))),
      ...names.map((name) => compared(processorOf(name), processorOf(bare), "without its children")),
    ],
    problems,
  };
}

/** Loaded by both sides of each ratio: says at the end what processor time the process took, in microseconds. */
function writeHook(root: string): string {
  const path = join(root, ".slipway", "processor-time.cjs");
  writeFileSync(
    path,
    `process.on("exit", () => {
  const { user, system } = process.cpuUsage();
  require("node:fs").writeSync(2, " " + (user + system));
});
`,
  );
  return path;
}
