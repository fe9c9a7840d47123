import { describe, expect, test } from "vitest";
import {
  aPlan,
  aRelease,
  aRequest,
  aService,
  aServiceLook,
  aState,
  type digestOf,
  environmentOf,
  found,
  hubot,
  instantOf,
  serviceOf,
  someFacts,
} from "../../../test/builders.ts";
import type { Sha } from "../../identifiers.ts";
import type { FailureReport, StepReport } from "../../ledger/records.ts";
import { decide } from "../../policy/evaluate.ts";
import { known } from "../facts.ts";
import type { Step } from "../plan.ts";
import type { Ending, PromotionReport, StepOutcome } from "../report.ts";
import { type ResultComment, renderResultComment } from "./result-comment.ts";

const from = "1f6ac3dc1626e53a13043b026c48bbf33feff924" as Sha;
const to = "77c25e1ebb2737f6a6f0fb23c6f5da2cec255404" as Sha;
const staging = environmentOf("staging");
const services = [aService({ name: serviceOf("api") }), aService({ name: serviceOf("worker") })];
const old = aRelease({ sha: from, services });
const subject = "Read limits from the settings table";
const release = aRelease({ sha: to, services, git: { ...aRelease({ sha: to }).manifest.git, subject } });
const plan = aPlan({ to: release, environment: staging, before: aState(old) });
const stepOf = (kind: Step["kind"], service?: string): Step =>
  plan.steps.find((step) => step.kind === kind && (!("service" in step) || step.service === service)) as Step;

const done = (summary: string, changed = true): StepReport => ({
  status: "done",
  changed,
  summary,
  failure: null,
  notOurs: false,
});
const failed = (summary: string): StepReport => ({ ...done(summary), status: "failed" });
const ran = (step: Step, report: StepReport, seconds: number, back = false): StepOutcome => ({
  n: 1,
  step,
  back,
  report,
  seconds,
});
const rolled = (service: string, report: StepReport, seconds: number, back = false): StepOutcome =>
  ran(stepOf("roll-service", service), report, seconds, back);

const unhealthy: FailureReport = {
  code: "service-unhealthy",
  step: "roll-service",
  name: "api",
  cause: "task 1f0c9a exited 1 after 3.2 s, never ready on /readyz",
  where: null,
  log: ['{"level":"fatal","msg":"relation \\"settings\\" does not exist"}'],
  logLines: 7,
  requestsServed: 0,
};
const begun = [
  ran(stepOf("pin-artifacts"), done("kept"), 0.2),
  ran(stepOf("prepare-services"), done("2 definitions registered"), 0.4),
  ran(stepOf("publish-web"), done("none new", false), 0.1),
  ran(stepOf("run-migrations"), done("none pending", false), 0.1),
];
const putBack = [...begun, rolled("api", failed("0 of 2"), 48.6), rolled("api", done("2 of 2"), 1.2, true)];

function aReport(ending: Ending, fields: Partial<PromotionReport> = {}): PromotionReport {
  return {
    request: aRequest({ environment: staging, sha: to }),
    ending,
    exit: 4,
    environment: "reverted",
    epoch: 43,
    resumes: null,
    plan,
    decision: null,
    facts: someFacts({ release: found(release) }),
    failure: null,
    steps: [],
    observed: null,
    startedAt: instantOf("2026-11-19T14:04"),
    endedAt: instantOf("2026-11-19T14:05"),
    ...fields,
  };
}
function aComment(report: PromotionReport, fields: Partial<ResultComment> = {}): ResultComment {
  return {
    app: "chronoledger",
    name: "staging",
    report,
    from,
    to,
    seconds: 53,
    url: null,
    notes: [],
    next: [],
    runUrl: null,
    ...fields,
  };
}
/** Without the two spaces that end a line which another one follows. */
const shown = (text: string): string => text.replace(/ {2}$/gm, "");
const rendered = (ending: Ending, fields: Partial<PromotionReport> = {}, around: Partial<ResultComment> = {}): string =>
  shown(renderResultComment(aComment(aReport(ending, fields), around)));

const reverted = { kind: "reverted", environment: "reverted", because: "failure", held: false } as const;
const unchanged = { ...reverted, environment: "unchanged" } as const;

describe("the comment on a result", () => {
  test("is the one of experience.md §5", () => {
    const next = [`promote quarantine --sha ${to} --reason "<text>"`];
    expect(
      rendered(reverted, { failure: unhealthy, steps: putBack }, { next }),
    ).toBe(`<!-- slipway:result:chronoledger:staging -->
### ✗ staging: failed, put back; runs \`1f6ac3d\`, checked after the revert
\`77c25e1\` Read limits from the settings table · epoch 43 · octocat · 53 s · **service-unhealthy** at roll-service api
**Cause** task 1f0c9a exited 1 after 3.2 s, never ready on /readyz; 0 requests reached it. Last line of its log:
\`{"level":"fatal","msg":"relation \\"settings\\" does not exist"}\`
Steps: pin-artifacts 0.2 s · prepare-services 0.4 s · publish-web none new · run-migrations none pending · **roll-service api failed 48.6 s, put back 1.2 s** · 4 not started
Next: \`promote quarantine --sha 77c25e1ebb2737f6a6f0fb23c6f5da2cec255404 --reason "<text>"\`
`);
  });

  test("breaks every line that another one follows, since summaries join them", () => {
    const lines = renderResultComment(aComment(aReport(reverted, { failure: unhealthy, steps: putBack }))).split("\n");
    expect(lines.slice(2, -2).every((line) => line.endsWith("  "))).toBe(true);
  });

  test("of a success folds the steps, and says the way back and the next environment", () => {
    const steps = [
      ...begun,
      rolled("api", done("2 of 2"), 31.3),
      rolled("worker", done("already 1 of 1", false), 0.1),
      ran(stepOf("switch-web"), done("pointer"), 0.3),
      ran(stepOf("verify-live"), done("4 of 4", false), 72),
    ];
    const notes = [
      { label: "Back", text: `promote rollback --env staging --yes     to ${from}` },
      { label: "Ahead", text: "prod from 2026-11-20T11:00:00Z (soak, freeze), once approved" },
    ];
    const around = { notes, seconds: 74, url: "https://staging.chronoledger.example" };
    expect(
      rendered({ kind: "done", held: false }, { steps, exit: 0, resumes: 42 }, around),
    ).toBe(`<!-- slipway:result:chronoledger:staging -->
### ✓ staging runs \`77c25e1\`
\`77c25e1\` Read limits from the settings table · from \`1f6ac3d\` · epoch 43 · went on with epoch 42 · octocat · 1 min 14 s · [staging.chronoledger.example](https://staging.chronoledger.example)

<details><summary>8 steps</summary>

pin-artifacts 0.2 s · prepare-services 0.4 s · publish-web none new · run-migrations none pending · roll-service api 31.3 s · roll-service worker already 1 of 1 · switch-web 0.3 s · verify-live 1 min 12 s
</details>

Back: \`promote rollback --env staging --yes\` to \`1f6ac3d\`
Ahead: prod from 2026-11-20 11:00 UTC (soak, freeze), once approved
`);
  });

  test("of a refusal is the table of the plan", () => {
    const facts = someFacts({ release: found(release), prod: { soakSeconds: 0, approvals: 1 } });
    const request = aRequest({ sha: to });
    const decision = decide({ facts, plan, request, mode: "new" });
    const fields = { request, decision, facts, exit: 3, environment: "unchanged", epoch: null } as const;
    const text = rendered({ kind: "refused" }, fields, { name: "prod", next: ["promote status"], seconds: 0.42 });
    expect(text).toContain("### ✗ prod: refused; runs `1f6ac3d`, nothing was changed\n");
    expect(text).toMatch(/^`77c25e1` Read limits from the settings table · octocat · 0\.4 s · plan `[0-9a-f]{12}`$/m);
    expect(text).toContain("| ✗ | approval | 0 of 1, not by octocat | needs a person |\n| ! | schema | ");
    expect(text).toMatch(/\n\nNext: `promote status`\n\n<details><summary>Evidence<\/summary>\n\n- [a-z-]+: /);
  });

  test("of a step that failed before anything moved shows where it is written, and the log", () => {
    const failure: FailureReport = {
      code: "migration-failed",
      step: "run-migrations",
      name: null,
      cause: 'check constraint "minutes_positive" is violated by some row.',
      where: { file: "migrations/20261119140000_minutes.ts", line: 5, excerpt: ["  4 | a", "> 5 | `b`"] },
      log: ["15:41:07Z up", "15:41:09Z ```rolled``` back"],
      logLines: 11,
      requestsServed: null,
    };
    const steps = [ran(stepOf("run-migrations"), failed("failed"), 2.1)];
    expect(rendered(unchanged, { failure, steps })).toBe(`<!-- slipway:result:chronoledger:staging -->
### ✗ staging: failed; runs \`1f6ac3d\`; schema, services and web as before
\`77c25e1\` Read limits from the settings table · epoch 43 · octocat · 53 s · **migration-failed** at run-migrations
**Cause** check constraint "minutes\\_positive" is violated by some row, at \`migrations/20261119140000_minutes.ts:5\`. Last line of its log:
\`\`\`\`15:41:09Z \`\`\`rolled\`\`\` back\`\`\`\`
Steps: **run-migrations failed 2.1 s** · 8 not started

<details><summary>Where it is written</summary>

\`\`\`text
  4 | a
> 5 | \`b\`
\`\`\`
</details>

<details><summary>Log, last 2 of 11 lines</summary>

\`\`\`\`text
15:41:07Z up
15:41:09Z \`\`\`rolled\`\`\` back
\`\`\`\`
</details>
`);
  });

  test("shows the last line that says something, not the blank one after it", () => {
    const failure: FailureReport = { ...unhealthy, log: ["", "fatal", "boom", "", ""] };
    const text = rendered(unchanged, { failure, steps: [ran(stepOf("run-migrations"), failed("failed"), 2.1)] });
    expect(text).toContain("Last line of its log:\n`boom`\n");
    expect(text).toContain("```text\nfatal\nboom\n```");
  });

  test("of a partial end names each part", () => {
    const failure: FailureReport = {
      ...unhealthy,
      code: "revert-failed",
      name: "worker",
      cause: "refused 5 times",
      log: [],
    };
    const steps = [
      ran(stepOf("verify-live"), failed("smoke"), 10),
      ran(stepOf("switch-web"), done("pointer"), 0.3, true),
      rolled("worker", failed("refused"), 31, true),
    ];
    const next = [
      `promote rollback --env staging --to ${from}     # back, or`,
      `promote --sha ${to} --env staging     # forward`,
    ];
    const text = rendered({ kind: "partial", notBack: ["worker"] }, { failure, steps, exit: 6 }, { next });
    expect(text.split("\n").slice(1)).toEqual([
      "### ✗ staging: PARTIAL, does not run one release",
      "`77c25e1` Read limits from the settings table · epoch 43 · octocat · 53 s · **revert-failed** at roll-service worker",
      "**Cause** refused 5 times; 0 requests reached it.",
      "",
      "| | part | runs |",
      "|---|---|---|",
      "| ✓ | api | `1f6ac3d` |",
      "| ✗ | worker | not put back: refused 5 times |",
      "| ✓ | web | `1f6ac3d` |",
      "",
      "Steps: **verify-live failed 10.0 s** · web put back 0.3 s · **worker not put back 31.0 s** · 8 not started",
      `Next: \`promote rollback --env staging --to ${from}\` back, or \`promote --sha ${to} --env staging\` forward`,
      "",
    ]);
  });

  const look = {
    by: hubot,
    epoch: 18,
    doing: "step 6 of 9, roll-service worker",
    runUrl: "https://github.com/acme/chronoledger/actions/runs/19571100518",
  } as never;
  const api = aServiceLook({ sha: old.manifest.git.sha });
  const otherwise = { ...someFacts({ release: found(release) }), services: { api: known(api) } };
  test.each<{
    readonly name: string;
    readonly ending: Ending;
    readonly fields?: Partial<PromotionReport>;
    readonly around?: Partial<ResultComment>;
    readonly says: readonly string[];
  }>([
    {
      name: "already live",
      ending: { kind: "already", verdict: { status: "yes", checks: [], summary: "" } },
      fields: { epoch: null },
      says: ["### = staging runs `77c25e1` already; nothing was changed"],
    },
    {
      name: "already live, asked by a rollback",
      ending: { kind: "already", verdict: { status: "yes", checks: [], summary: "" } },
      fields: { request: aRequest({ action: "rollback" }) },
      says: ["### = staging runs `77c25e1`; nothing was changed"],
    },
    {
      name: "overtaken",
      ending: { kind: "overtaken" },
      says: ["### = staging runs a newer release that contains `77c25e1`; nothing was changed"],
    },
    {
      name: "could not tell",
      ending: { kind: "refused" },
      fields: { exit: 7 },
      says: ["### ? staging: could not tell; runs `1f6ac3d`, nothing was changed"],
    },
    {
      name: "refused before anything ran",
      ending: { kind: "refused" },
      fields: { exit: 3 },
      around: { from: null, to: null },
      says: ["### ✗ staging: refused; runs nothing, nothing was changed", "nothing Read limits"],
    },
    {
      name: "busy",
      ending: { kind: "busy", look },
      says: [
        "### ✗ staging: busy, hubot is changing it; nothing was changed",
        "**Doing** step 6 of 9, roll-service worker · epoch 18 · [its run](https://github.com/acme/chronoledger/actions/runs/19571100518)",
      ],
    },
    {
      name: "failed, with everything as before",
      ending: unchanged,
      fields: { failure: unhealthy, facts: null },
      says: ["### ✗ staging: failed; runs `1f6ac3d`; schema, services and web as before"],
    },
    {
      name: "interrupted",
      ending: { ...reverted, because: "interrupted" },
      says: ["### ✗ staging: interrupted; runs `1f6ac3d`, as before"],
    },
    {
      name: "failed, where something else was seen than is on record",
      ending: unchanged,
      fields: { facts: otherwise },
      says: [
        "### ✗ staging: failed; as it was, which is not what is recorded, that `1f6ac3d` runs: api looked otherwise",
      ],
    },
    {
      name: "a rollback",
      ending: { kind: "done", held: true },
      fields: { request: aRequest({ action: "rollback", environment: staging }) },
      around: { from: to, to: from },
      says: ["### ✓ staging runs `1f6ac3d` again and is held", "from `77c25e1` · epoch 43"],
    },
    {
      name: "a rollback of an open promotion",
      ending: { ...reverted, because: "asked", held: true },
      fields: { steps: [rolled("api", done("2 of 2"), 29.4, true), rolled("worker", done("so", false), 0.1, true)] },
      says: ["### ✓ staging runs `1f6ac3d` again and is held", "\napi put back 29.4 s · worker back already\n"],
    },
    {
      name: "a rollback of the pages alone",
      ending: { kind: "done", held: true },
      fields: { request: aRequest({ action: "rollback", only: "web" }) },
      around: { to: from },
      says: ["### ✓ staging serves the pages of `1f6ac3d` with the services of `77c25e1`, and is held"],
    },
    {
      name: "superseded",
      ending: { kind: "lost", because: "epoch 44 has taken over" },
      fields: { exit: 5 },
      says: ["### ✗ staging: superseded, this run wrote nothing more", "**Cause** epoch 44 has taken over."],
    },
    {
      name: "a lease that is lost",
      ending: { kind: "lost", because: "the last beat is old" },
      fields: { exit: 7 },
      says: ["### ? staging: the lease is lost, the promotion is open"],
    },
    {
      name: "stopped half-way",
      ending: { kind: "open", because: "interrupted", code: "interrupted" },
      says: ["### ? staging: stopped after the call that was under way, epoch 43 is open", "**interrupted**"],
    },
    {
      name: "an outcome that could not be written",
      ending: { kind: "open", because: "put: no answer", code: "record-failed" },
      says: ["### ? staging: all is done, but its outcome could not be written", "**Cause** put: no answer."],
    },
    {
      name: "silence before anything was begun",
      ending: { kind: "open", because: "no answer", code: "could-not-tell" },
      fields: { environment: "unchanged", epoch: null, facts: null, plan: null },
      says: ["### ? staging: could not tell; nothing was begun, and it is as it was", "\n`77c25e1` · octocat · 53 s"],
    },
    {
      name: "silence in the middle",
      ending: { kind: "open", because: "no answer", code: "could-not-tell" },
      fields: { environment: "unknown", steps: [...begun, rolled("api", { ...failed("?"), status: "unknown" }, 300)] },
      says: [
        "### ? staging: could not tell what it runs; the promotion is open",
        "**roll-service api could not tell 5 min** · 4 not started",
      ],
    },
  ])("says how it ended: $name", ({ ending, fields = {}, around = {}, says }) => {
    const text = rendered(ending, fields, around);
    expect(text.startsWith("<!-- slipway:result:chronoledger:")).toBe(true);
    for (const words of says) expect(text).toContain(words);
    expect(text).toBe(rendered(ending, fields, around));
  });

  test("of a promotion that was taken back because its release went bad has the reason's code", () => {
    const facts = someFacts({
      quarantine: known({ reason: "slow", by: "hubot", at: instantOf("2026-11-19T12:00"), lifted: null }),
    });
    const decision = decide({ facts, plan, request: aRequest(), mode: "resume" });
    expect(rendered(reverted, { decision, facts })).toContain("· **quarantined**");
  });

  test("of a failure that nobody's log explains has no empty line for it", () => {
    const failure: FailureReport = { ...unhealthy, log: [], requestsServed: 1, step: null, name: null };
    expect(rendered(reverted, { failure })).toMatch(
      /· \*\*service-unhealthy\*\*\n\*\*Cause\*\* .*; 1 request reached it\.\n$/,
    );
  });

  test("takes the digest of a plan for no account", () => {
    const hash = `sha256:${"1".repeat(64)}` as ReturnType<typeof digestOf>;
    const facts = someFacts({ prod: { approvals: 1 } });
    const decision = decide({ facts, plan, request: aRequest(), mode: "new" });
    expect(rendered({ kind: "refused" }, { decision, plan: { ...plan, hash }, exit: 3 })).toContain(
      "plan `111111111111`",
    );
  });
});
