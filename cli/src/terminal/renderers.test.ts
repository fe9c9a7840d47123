import type {
  Clock,
  Digest,
  EnvironmentName,
  Epoch,
  Instant,
  PromotionEvent,
  ServiceName,
  Sha,
  Step,
  StepReport,
} from "@slipway/pipeline";
import { describe, expect, it } from "vitest";
import { type FakeShell, fakeShell } from "../../test/fake-shell.ts";
import { screenOf } from "../../test/fake-terminal.ts";
import { Output } from "../output.ts";
import type { Shell } from "../shell.ts";
import { InteractiveRenderer } from "./interactive.ts";
import { PlainRenderer } from "./plain-lines.ts";

const from = "e7d2b9a84d8dbc74254770f58904dba41ecccc3f" as Sha;
const to = "1f6ac3dc1626e53a13043b026c48bbf33feff924" as Sha;
const digest = (start: string) => `sha256:${start.padEnd(64, "0")}` as Digest;
const revision = (image: string) => ({ sha: to, image: digest(image), template: digest("7") });
const roll = (service: string, image: string): Step => ({
  kind: "roll-service",
  already: false,
  service: service as ServiceName,
  to: revision(image),
  expects: "anything",
});
const api = roll("api", "9b1f42c07e5d");
const worker = roll("worker", "d07a63e15c48");
const switchWeb: Step = {
  kind: "switch-web",
  already: false,
  from: { sha: from, digest: digest("1") },
  to: { sha: to, digest: digest("2") },
};
const steps = [api, worker, switchWeb];
const done = (summary: string, changed = true): StepReport => ({
  status: "done",
  changed,
  summary,
  failure: null,
  notOurs: false,
});
const failed: StepReport = {
  status: "failed",
  changed: true,
  summary: "0 of 2 new tasks healthy; circuit breaker after 3 starts",
  notOurs: false,
  failure: {
    code: "service-unhealthy",
    step: "roll-service",
    name: "worker",
    cause: "task 1f0c9a exited 1 after 3.2 s, never ready on /readyz",
    where: null,
    log: ['{"level":"fatal","msg":"relation \\"settings\\" does not exist"}'],
    logLines: 7,
    requestsServed: 0,
  },
};
const start: PromotionEvent = {
  type: "run:start",
  app: "chronoledger",
  env: "staging" as EnvironmentName,
  direction: "forward",
  from,
  to,
  subject: "Add project colour",
  commits: 1,
  lost: 0,
  plan: digest("5c0e71a94b2d"),
  epoch: 42,
  by: "octocat",
  resumes: null,
  steps,
};
const begin = (n: number, step: Step, back = false): PromotionEvent => ({ type: "step:start", n, step, back });
const end = (n: number, step: Step, report: StepReport, seconds: number, back = false): PromotionEvent => ({
  type: "step:end",
  n,
  step,
  back,
  report,
  seconds,
});
const waiting = (seconds: number): PromotionEvent => ({
  type: "step:progress",
  n: 2,
  step: worker,
  back: false,
  text: "1 of 2 new tasks healthy, 1 old drains",
  seconds,
  limitSeconds: 300,
});
const clock: Clock = {
  now: () => "2026-11-19T10:02:50.000Z" as Instant,
  monotonic: () => 0,
  sleep: async () => undefined,
};

function interactive(
  fields: Partial<Shell> = {},
  options: Partial<ConstructorParameters<typeof InteractiveRenderer>[1]> = {},
): {
  readonly shell: FakeShell;
  readonly renderer: InteractiveRenderer;
} {
  const shell = fakeShell({ isTerminal: true, ...fields });
  const output = new Output(shell, { form: "text", plain: false });
  return {
    shell,
    renderer: new InteractiveRenderer(output, { nameOf: (name) => name, monotonic: () => 0, ...options }),
  };
}
const shown = (shell: FakeShell): readonly string[] =>
  screenOf(shell.err())
    .replace(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/g, "*")
    .trimEnd()
    .split("\n");

const noColour = { variables: { LANG: "en_US.UTF-8", NO_COLOR: "1" } };

describe("a promotion on a terminal", () => {
  it("shows what is done, what is under way and what is to come", () => {
    const { shell, renderer } = interactive(noColour);
    for (const event of [
      start,
      begin(1, api),
      end(1, api, done("2 of 2 tasks run sha256:9b1f42c07e5d"), 31.3),
      begin(2, worker),
      waiting(22),
    ])
      renderer.show(event);
    renderer.say();
    expect(
      screenOf(shell.err()).replace(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/, "*"),
    ).toBe(`chronoledger → staging   e7d2b9a → 1f6ac3d   1 commit   plan 5c0e71a94b2d   epoch 42   octocat
✓ roll-service     api     2 of 2 tasks run sha256:9b1f42c07e5d                       31.3 s
* roll-service     worker  1 of 2 new tasks healthy, 1 old drains           0 s, limit 5 min
· switch-web       pointer e7d2b9a → 1f6ac3d
  Ctrl-C stops and puts e7d2b9a back. If this dies, run the same command again.
`);
    renderer.end();
    expect(screenOf(shell.err()).trimEnd().split("\n")).toHaveLength(2);
  });

  it.each([
    {
      columns: 100,
      lines: ["* roll-service     worker  1 of 2 new tasks healthy, 1 old drains   0 s, usually 29 s, limit 5 min"],
    },
    {
      columns: 80,
      lines: [
        "* roll-service     worker  1 of 2 new tasks healthy, 1 old drains",
        "                           0 s, usually 29 s, limit 5 min",
      ],
    },
  ])("says what is awaited, how long it usually takes and the limit, at $columns columns", ({ columns, lines }) => {
    const { shell, renderer } = interactive({ ...noColour, columns: () => columns }, { usualSeconds: () => 29 });
    for (const event of [start, begin(2, worker), waiting(22)]) renderer.show(event);
    renderer.say();
    const seen = shown(shell);
    renderer.end();
    const at = seen.findIndex((line) => line.startsWith("*"));
    expect(seen.slice(at, at + lines.length)).toEqual(lines);
  });

  it("says for whom it waits, how long so far and the limit, and afterwards how long it was", () => {
    let now = 0;
    const { shell, renderer } = interactive(noColour, { waitSeconds: 600, monotonic: () => now });
    renderer.show({ type: "lease:wait", holder: "ci@github", epoch: 18 as Epoch, until: null });
    now = 72_000;
    renderer.say();
    expect(shown(shell)).toEqual([
      "* waiting for ci@github, epoch 18   1 min 12 s, limit 10 min",
      "  Ctrl-C stops waiting; nothing is begun yet.",
    ]);
    renderer.show(start);
    expect(shown(shell)[0]).toBe("Waited 1 min 12 s for ci@github, epoch 18.");
    renderer.end();
  });

  it("shows the way back of a promotion that was left open, though no run began before it", () => {
    const { shell, renderer } = interactive(noColour);
    renderer.show({ type: "turn", because: "interrupted by octocat", to: from, steps: [switchWeb, worker] });
    renderer.show(begin(1, switchWeb, true));
    renderer.say();
    expect(shown(shell)[0]).toBe("Going back to e7d2b9a: interrupted by octocat");
    expect(shown(shell)[1]).toMatch(/^\* put back {9}web/);
    renderer.end();
  });

  it("says what the steps to come will do, and no more of them than can be asked", () => {
    const { shell, renderer } = interactive(noColour);
    const web = { ...switchWeb, told: { entries: 2 } };
    const state = { services: { api: revision("9") }, web: { sha: to, digest: digest("2") } };
    const verify: Step = { kind: "verify-live", already: false, state, told: { entries: 2, smokeChecks: 1 } };
    const unreachable: Step = { ...verify, told: { entries: 0, smokeChecks: 0 } };
    const gone: Step = { ...unreachable, state: { services: { api: null }, web: null } };
    renderer.show({ ...start, steps: [api, web, verify, unreachable, gone] });
    renderer.show(begin(1, api));
    expect(shown(shell).slice(2, 6)).toEqual([
      "· switch-web       pointer e7d2b9a → 1f6ac3d, 2 entries",
      "· verify-live      digest of every task, hash of 2 entries, 1 smoke check",
      "· verify-live      digest of every task, web pointer",
      "· verify-live      that nothing is left",
    ]);
    renderer.end();
  });

  it("says whose lease it takes, and that it goes on with what was left open", () => {
    const { shell, renderer } = interactive(noColour);
    const quietUntil = "2026-11-20T11:09:12.000Z" as Instant;
    const lease = { type: "lease:takeover", epoch: 18 as Epoch, holder: "ci@github", silentSeconds: 175 } as const;
    renderer.show({ ...lease, quietUntil });
    renderer.show({ ...start, epoch: 19 as Epoch, resumes: 18 as Epoch });
    renderer.end();
    const lines = shown(shell);
    expect(lines[0]).toBe("Last heartbeat of ci@github, epoch 18, was 2 min 55 s ago. Taking over.");
    expect(lines[1]).toMatch(/^Nothing changes before .*: a request of epoch 18 may still land\.$/);
    expect(lines.at(-1)).toBe(
      "Epoch 18 is not finished: epoch 19 goes on with it. Policy said yes then, and is not asked again.",
    );
  });

  it("says what was seen of a service that never came up, and then the cause once", () => {
    const { shell, renderer } = interactive(noColour);
    const cause = failed.failure?.cause ?? "";
    renderer.show(start);
    renderer.show(begin(2, worker));
    renderer.show(waiting(22));
    renderer.show(end(2, worker, { ...failed, summary: cause }, 48.6));
    renderer.end();
    expect(shown(shell).slice(1, 3)).toEqual([
      "✗ roll-service     worker  1 of 2 new tasks healthy, 1 old drains                     48.6 s",
      `  cause    ${cause}`,
    ]);
  });

  it("names a failure, its log, and what was put back", () => {
    const { shell, renderer } = interactive(noColour);
    const back: PromotionEvent = { type: "turn", because: "x", to: from, steps: [switchWeb, worker] };
    const events = [start, begin(2, worker), end(2, worker, failed, 48.6), back, begin(1, switchWeb, true)];
    for (const event of [...events, end(1, switchWeb, done("pointer 1f6ac3d → e7d2b9a"), 0.3, true)])
      renderer.show(event);
    renderer.end();
    expect(screenOf(shell.err()).trimEnd().split("\n").slice(1)).toEqual([
      "✗ roll-service     worker  0 of 2 new tasks healthy; circuit breaker after 3 starts   48.6 s",
      "  cause    task 1f0c9a exited 1 after 3.2 s, never ready on /readyz",
      '  log      {"level":"fatal","msg":"relation \\"settings\\" does not exist"}     (last 1 of 7 lines)',
      "  traffic  0 requests reached the new tasks",
      "✓ put back         web     pointer 1f6ac3d → e7d2b9a                                   0.3 s",
    ]);
  });

  it.each([
    { name: "around it", log: ["", " ", "fatal: x", "", "exit 1", ""], logLines: 6, remark: "" },
    {
      name: "before the eight that are shown",
      log: ["a", "", ..."bcdefgh"],
      logLines: 9,
      remark: "(last 7 of 9 lines)",
    },
  ])(
    "begins and ends a log with a line that says something, where blank ones are $name",
    ({ log, logLines, remark }) => {
      const failure = failed.failure && { ...failed.failure, log, logLines };
      const { shell, renderer } = interactive(noColour);
      renderer.show(start);
      renderer.show(end(2, worker, { ...failed, failure }, 48.6));
      renderer.end();
      const text = screenOf(shell.err());
      const lines = text.slice(text.indexOf("  log"), text.indexOf("  traffic")).trimEnd().split("\n");
      expect(lines[0]).toMatch(/^ {2}log {6}\w/);
      expect(lines[0]?.endsWith(remark)).toBe(true);
      expect(lines.at(-1)).toMatch(/^ {11}\w/);
    },
  );

  it("has the same words in a C locale and without colour", () => {
    const { shell, renderer } = interactive({ variables: { LC_ALL: "C", NO_COLOR: "1" } });
    renderer.show(start);
    renderer.show(end(1, api, done("already 2 of 2", false), 0.1));
    renderer.show(end(2, worker, failed, 48.6));
    renderer.end();
    const lines = screenOf(shell.err()).split("\n");
    expect(lines[0]).toContain("chronoledger -> staging   e7d2b9a -> 1f6ac3d");
    expect(lines[1]).toBe("=  roll-service     api     already 2 of 2");
    expect(lines[2]).toMatch(/^NO roll-service {5}worker {2}0 of 2 new tasks healthy/);
  });

  it("repeats signs in colour, and nothing else", () => {
    const { shell, renderer } = interactive();
    renderer.show(start);
    renderer.show(end(1, api, done("2 of 2"), 1));
    renderer.end();
    expect(shell.err()).toContain("\u001b[32m✓\u001b[0m roll-service");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes
    const painted = [...shell.err().matchAll(/\u001b\[\d+m([^\u001b]*)\u001b\[0m/g)].map(([, text]) => text);
    expect(new Set(painted)).toEqual(new Set(["✓", "·"]));
  });
});

function plain(
  variables: Shell["variables"],
  onGitHub = false,
): { readonly shell: FakeShell; readonly renderer: PlainRenderer } {
  const shell = fakeShell({ variables });
  const output = new Output(shell, { form: "text", plain: false });
  return { shell, renderer: new PlainRenderer(output, { clock, nameOf: (name) => name, onGitHub }) };
}

describe("a promotion in a log", () => {
  it("is one line an event, with full SHAs and UTC", () => {
    const { shell, renderer } = plain({});
    const events = [
      start,
      begin(1, api),
      end(1, api, done("2 of 2 tasks run"), 31.3),
      begin(2, worker),
      waiting(1),
      waiting(30.2),
      waiting(59),
      waiting(61),
    ];
    for (const event of [...events, end(2, worker, done("already 2 of 2", false), 0.1)]) renderer.show(event);
    expect(shell.err()).toBe(`10:02:50Z promote chronoledger → staging, epoch 42, plan 5c0e71a94b2d, octocat
10:02:50Z from    ${from}
10:02:50Z to      ${to}
10:02:50Z done    roll-service api: 2 of 2 tasks run (31.3 s)
10:02:50Z waiting roll-service worker: 1 of 2 new tasks healthy, 1 old drains (30 s of 300 s)
10:02:50Z waiting roll-service worker: 1 of 2 new tasks healthy, 1 old drains (61 s of 300 s)
10:02:50Z same    roll-service worker: already 2 of 2
`);
  });

  it("groups logs on GitHub, where an app's line is no command", () => {
    const { shell, renderer } = plain({}, true);
    renderer.show(start);
    renderer.show(begin(2, worker));
    renderer.show({ type: "step:log", n: 2, line: "::set-output name=x::y" });
    renderer.show(end(2, worker, failed, 48.6));
    expect(shell.err()).toContain("::group::roll-service worker\n\\u003a:set-output name=x::y\n::endgroup::\n");
    expect(shell.err()).not.toContain("::error");
  });
});
