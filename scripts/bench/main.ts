import { availableParallelism, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { commandLine } from "./command-line.ts";
import { demo } from "./demo.ts";
import { ecsVerdict } from "./ecs-verdict.ts";
import type { BenchOptions, Part } from "./figure.ts";
import { hashing } from "./hashing.ts";
import { load } from "./load.ts";
import { promotion } from "./promotion.ts";
import { redaction } from "./redaction.ts";
import { type PartReport, renderPart } from "./report.ts";
import { simulation } from "./simulation.ts";
import { swap } from "./swap.ts";
import { webRelease } from "./web-release.ts";
import { listenForSignals } from "./when-stopped.ts";

const parts: readonly Part[] = [
  demo,
  commandLine,
  hashing,
  webRelease,
  promotion,
  simulation,
  redaction,
  swap,
  ecsVerdict,
  load,
];
const usage = `npm run bench -- [--json] [--no-demo] [--only <part>[,<part>]] [--plot <file.svg>] [--tiny]
  parts: ${parts.map(({ name }) => name).join(" ")}`;

listenForSignals();
process.exitCode = await bench();

async function bench(): Promise<number> {
  const { values: options } = parseArgs({
    options: {
      json: { type: "boolean", default: false },
      "no-demo": { type: "boolean", default: false },
      only: { type: "string" },
      plot: { type: "string" },
      tiny: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const only = options.only?.split(",") ?? null;
  const unknown = only?.find((name) => !parts.some((part) => part.name === name));
  if (options.help || unknown !== undefined) {
    console.error(unknown === undefined ? usage : `${unknown} is no part of the bench.\n${usage}`);
    return unknown === undefined ? 0 : 2;
  }
  const chosen = parts.filter(({ name }) => (only ? only.includes(name) : name !== "demo" || !options["no-demo"]));
  const machine = {
    platform: process.platform,
    arch: process.arch,
    cores: availableParallelism(),
    node: process.version,
  };
  const load = loadavg()[0] ?? 0;
  if (!options.json) console.log(`${Object.values(machine).join(" ")}, load ${load.toFixed(1)} at the start\n`);
  const reports: PartReport[] = [];
  for (const part of chosen) {
    if (options.json) process.stderr.write(`${part.name}…\n`);
    const report = await run(part, { plot: options.plot ?? null, tiny: options.tiny });
    reports.push(report);
    if (!options.json) console.log(`${renderPart(report)}\n`);
  }
  const failed = reports.filter(({ ok }) => !ok).map(({ part }) => part);
  if (options.json) {
    const document = { kind: "bench", version: 1, machine: { ...machine, load }, failed, parts: reports };
    console.log(JSON.stringify(document, shorter, 2));
  } else if (failed.length > 0) console.log(`Failed: ${failed.join(", ")}.`);
  return failed.length === 0 ? 0 : 1;
}

/** What lies beyond six digits is noise. */
function shorter(_key: string, value: unknown): unknown {
  return typeof value === "number" ? Number(value.toPrecision(6)) : value;
}

/** A part that breaks does not take the others with it. */
async function run({ name, title, run: measure }: Part, options: BenchOptions): Promise<PartReport> {
  const start = performance.now();
  const seconds = () => Math.round((performance.now() - start) / 100) / 10;
  try {
    const findings = await measure(options);
    return { part: name, title, ok: findings.problems.length === 0, seconds: seconds(), ...findings };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { part: name, title, ok: false, seconds: seconds(), size: {}, figures: [], problems: [problem] };
  }
}
