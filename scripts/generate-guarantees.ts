/** node scripts/generate-guarantees.ts <what-ran.jsonl> <planted-bugs.md>: writes docs/reference/guarantees.md from what ran. */
import { readFileSync, writeFileSync } from "node:fs";

interface Line {
  readonly promise: string;
  readonly tries: number;
  readonly unit: string;
  readonly failures: number;
  /** Of one core. */
  readonly seconds: number;
}

/** What each machine tries to break, and how it is run again. */
const machines: Readonly<Record<string, { readonly promise: string; readonly run: string }>> = {
  "fault-sequences-2": {
    promise:
      "After any two faults, at any two calls of a promotion or of the same command run again, it converges, and no record is false",
    run: "`npm run test:simulation -- --seeds 0`",
  },
  "crash-sequences": {
    promise: "After any three crashes the same command converges, and no record is false",
    run: "`npm run test:simulation -- --seeds 0 --kills --depth 3`",
  },
  "seeded-runs": {
    promise:
      "Two to five people at once, killed, frozen, throttled, answered late, with expired credentials and a stranger's edits: one at a time, no false record, never trapped",
    run: "`npm run test:simulation -- --depth 0`",
  },
  collection: {
    promise:
      "Publishers, promotions and collectors at once, killed, frozen for days and answered late: no release that is there lacks a part, none that may be needed goes, and what nobody needs goes in the end",
    run: "`npm run test:simulation -- --depth 0 --seeds 0`",
  },
  "real-kills": {
    promise:
      "The command line, the platform, Postgres or a migration killed or stopped at any moment: the same command finishes, nothing is left running, and no record is false",
    run: "`npm run test:kills`",
  },
  "migrations-contended": {
    promise:
      "Migrations that eight processes fight over, killed and stopped: never two at once, each exactly once, and the lock of a dead one is free in half a second",
    run: "`npm run test:migrations`",
  },
  "local-servers": {
    promise:
      "Slow, malformed, oversized, pipelined and smuggled requests to the local platform: no path leaves its root, one request in is one request out, and it goes on answering",
    run: "`npm test`",
  },
  "disk-faults": {
    promise:
      "A full disk, a read-only folder, and anything stored that is edited, cut, lost or replaced: it is named, nothing green rests on it, and `promote doctor` says how to go on",
    run: "`npm test`",
  },
  "disk-platform": {
    promise:
      "The address, the state and the databases of the local platform, edited, cut, lost or replaced: named, and nothing is put in their place",
    run: "`npm test`",
  },
  "disk-full": {
    promise: "On a disk that is full, fills up half way or may only be read, every verb says so, and nothing is lost",
    run: "`npm test`",
  },
  secrets: {
    promise:
      "A secret of the caller, or of the file that services get theirs from, leaves by no way out, in no spelling",
    run: "`npm test`",
  },
  "protocol-model": {
    promise:
      "In no state that the protocol can reach is an invariant broken, and from each of them a good end can be reached",
    run: "`npm run test:model`",
  },
  "protocol-rules": {
    promise: "Each rule of the protocol is needed: left out, the invariant that it is there for breaks",
    run: "`npm run test:model`",
  },
  "simulation-conforms": {
    promise: "What the real code does in a simulation is something that the protocol's model permits",
    run: "`npm run test:model`",
  },
  "lease-epochs": {
    promise:
      "Processes that are killed and stopped at any moment never share an epoch, and none writes after another has opened a later one",
    run: "`npm run test:lease -- --in-memory 0`",
  },
  "lease-erratic-store": {
    promise: "The same on a store that answers 409, 412, 500 after the write, late, and with what was there before",
    run: "`npm run test:lease -- --acquisitions 0`",
  },
  "fault-sequences-1-aws": {
    promise:
      "The same with the adapters of ECS, and times of the store in whole seconds: after a fault at any API call it converges, and no record is false",
    run: "`npm run test:simulation -- --aws --depth 1 --seeds 0 --seasons 0`",
  },
  "fault-sequences-2-aws": {
    promise:
      "The same with the adapters of ECS, and times of the store in whole seconds: after any two faults at any two API calls it converges, and no record is false",
    run: "`npm run test:simulation -- --aws --seeds 0 --seasons 0`",
  },
  "web-on-aws": {
    promise:
      "On S3 and CloudFront a web release goes live in its changed files and four calls at most, goes back in two by pointer, and every URL is then answered with its bytes",
    run: "`npm run test:web`",
  },
  "ecs-healthy": {
    promise:
      "On ECS, with reads that lag and are throttled, lost answers, taken tasks and autoscaling, no healthy rollout is called a failure",
    run: "`npm run test:ecs`",
  },
  "ecs-ill": {
    promise: "In the same weather no rollout that is ill, stopped, alarmed or somebody else's is called done",
    run: "`npm run test:ecs`",
  },
  "planted-bugs": {
    promise: "A bug in the kernel is noticed by a named check within a minute",
    run: "`npm run test:mutants`",
  },
};

const refused = "Is refused with a code of its own before anything is changed, without a stack";
const kinds = ["hostile-ledgers", "hostile-web", "hostile-migrations", "policy-bypass", "hostile-requests"];
const otherKinds = ["hostile-manifests", "hostile-config", "hostile-archives", "hostile-git", "hostile-calls"];
const answered = "Is parsed or refused, whatever a grammar makes of it, and never by a stack";
const inputs = Object.fromEntries([
  ...[...kinds, ...otherKinds].map((id) => [id, { promise: refused, run: "`npm test`" }] as const),
  ...["parsers", "arguments"].map((id) => [id, { promise: answered, run: "`npm test`" }] as const),
  ["fuzzed-parsers", { promise: answered, run: "`npm run test:fuzz`" }] as const,
]);

const [ran, table] = process.argv.slice(2);
if (ran === undefined || table === undefined) throw new Error("which files? <what-ran.jsonl> <planted-bugs.md>");
const lines = readFileSync(ran, "utf8")
  .trim()
  .split("\n")
  .map((text) => JSON.parse(text) as Line);

const row = ({ promise, tries, unit, failures, seconds }: Line): string => {
  const machine = machines[promise] ?? inputs[promise];
  if (machine === undefined) throw new Error(`nobody says what ${promise} promises`);
  return `| ${machine.promise} | ${tries.toLocaleString("en")} ${unit} | ${failures} | ${Math.round(seconds).toLocaleString("en")} | ${machine.run} |`;
};

writeFileSync(
  new URL("../docs/reference/guarantees.md", import.meta.url),
  `# What was tried to break it

Generated by \`scripts/generate-guarantees.ts\` from what ran last; [how it is safe](../guides/guarantees.md) says it in words. The seconds are of one core.

| promise | tried | broken | s | run it |
|---|---|---|---|---|
${lines.map(row).join("\n")}

Of pairs of faults what looks the same from outside, and to the process itself, is tried once: worlds that differ in the time of day, in nonces, in the hashes that follow from both, or in
records that fold to the same standing; a fault on a way that another run took to its end, the same calls in the same worlds, each with the same fault just before it or none, and with the last
answered beat equally old in whole beats; and of the lease's beats during one slow call the first, a middle one and the last. What a process remembers beyond that (how often in a row a call failed,
what it was answered earlier, milliseconds within a beat) may differ. \`--full\` tries them all.

## Planted bugs

Each is planted in a copy of the sources, one at a time; the check is the first that notices.

${readFileSync(table, "utf8").trim()}
`,
);
