import type {
  BoardDocument,
  FigureEpoch,
  FiguresDocument,
  JourneyDocument,
  LaneDocument,
  TimelineDocument,
  TimelineEpoch,
} from "../../src/board/documents.ts";
import type { ExplainDocument, RuleDocument } from "../../src/documents/explain.ts";
import type { EpochDocument, HistoryDocument } from "../../src/documents/history.ts";
import type { ErrorDocument } from "../../src/documents/schemas/error.ts";
import type { LogDocument } from "../../src/documents/schemas/log.ts";
import type { ReleasesDocument } from "../../src/documents/schemas/releases.ts";
import type { EnvironmentDocument } from "../../src/documents/status.ts";

/* The ladder of experience.md §3.6 and §6, as its documents: Friday 2026-11-20, 11:58 +01:00. */

export const now = "2026-11-20T10:58:00Z";
export const shas = {
  rounded: "3b9e07ca4c123b1612dd272d1371c17149d43953",
  paged: "8c41f07abfe228f219e9cb0eb53f16947ccf25ec",
  cached: "e7d2b9a84d8dbc74254770f58904dba41ecccc3f",
  colour: "1f6ac3dc1626e53a13043b026c48bbf33feff924",
  limits: "77c25e1ebb2737f6a6f0fb23c6f5da2cec255404",
  clean: "c2b8f60e4fb440034d6608697a8d41bed440e504",
} as const;
const subjects = {
  [shas.paged]: "Page the time-entries list",
  [shas.cached]: "Cache project totals",
  [shas.colour]: "Add project colour",
  [shas.limits]: "Read limits from the settings table",
  [shas.clean]: "Clean zero entries, drop the settings lookup",
};

const anEnvironment = (fields: Partial<EnvironmentDocument> & { readonly env: string }): EnvironmentDocument => ({
  target: "local",
  url: null,
  observedAt: now,
  sha: null,
  webSha: null,
  subject: null,
  epoch: null,
  since: null,
  by: null,
  runUrl: null,
  state: "as-recorded",
  because: null,
  drift: [],
  hold: null,
  lease: null,
  open: null,
  commitsBehindNewest: null,
  next: null,
  ...fields,
});

const dev = anEnvironment({
  env: "dev",
  url: "https://dev.chronoledger.example",
  sha: shas.clean,
  webSha: shas.clean,
  subject: subjects[shas.clean],
  epoch: 61,
  since: "2026-11-20T09:41:00Z",
  by: "ci@github",
  state: "drift",
  drift: [{ part: "service", name: "worker", expected: null, found: "runs 1f6ac3d" }],
  commitsBehindNewest: 0,
});
const staging = anEnvironment({
  env: "staging",
  url: "https://staging.chronoledger.example",
  sha: shas.colour,
  webSha: shas.colour,
  subject: subjects[shas.colour],
  epoch: 42,
  since: "2026-11-19T10:04:04Z",
  by: "octocat",
  commitsBehindNewest: 3,
  next: {
    sha: shas.clean,
    commits: 3,
    decision: "refused",
    earliest: null,
    until: null,
    reasons: [{ code: "order", clearsAt: null }],
  },
});
const prod = anEnvironment({
  env: "prod",
  url: "https://chronoledger.example",
  sha: shas.paged,
  webSha: shas.paged,
  subject: subjects[shas.paged],
  epoch: 17,
  since: "2026-11-16T08:12:44Z",
  by: "ci@github",
  commitsBehindNewest: 5,
  next: {
    sha: shas.colour,
    commits: 2,
    decision: "refused",
    earliest: "2026-11-20T11:00:00Z",
    until: "2026-11-20T15:00:00Z",
    reasons: [{ code: "freeze", clearsAt: "2026-11-20T11:00:00Z" }],
  },
});

const aLane = (fields: Partial<LaneDocument> & { readonly env: string }): LaneDocument => ({
  name: fields.env,
  seq: 100,
  soakSeconds: 0,
  approvals: 0,
  nextSubject: null,
  commands: [],
  ...fields,
});

export const board: BoardDocument = {
  kind: "board",
  version: 1,
  status: {
    kind: "status",
    version: 1,
    app: "chronoledger",
    at: now,
    store: "s3://acme-slipway/chronoledger",
    newest: { sha: shas.clean, publishedAt: "2026-11-20T09:30:00Z" },
    environments: [dev, staging, prod],
    exit: 0,
  },
  environments: [
    aLane({ env: "dev", commands: ["promote verify --env dev"] }),
    aLane({ env: "staging", soakSeconds: 1800, nextSubject: subjects[shas.clean] }),
    aLane({
      env: "prod",
      soakSeconds: 86_400,
      approvals: 1,
      nextSubject: subjects[shas.colour],
      commands: [`promote --sha ${shas.colour} --env prod`],
    }),
  ],
};

/** The board with other fields of one environment. */
export const boardWith = (
  env: string,
  fields: Partial<EnvironmentDocument>,
  lane: Partial<LaneDocument> = {},
): BoardDocument => ({
  ...board,
  status: {
    ...board.status,
    environments: board.status.environments.map((one) => (one.env === env ? { ...one, ...fields } : one)),
  },
  environments: board.environments.map((one) => (one.env === env ? { ...one, ...lane } : one)),
});

export const releases: ReleasesDocument = {
  kind: "releases",
  version: 1,
  app: "chronoledger",
  newest: board.status.newest,
  releases: [shas.clean, shas.limits, shas.colour, shas.cached, shas.paged].map((sha, index) => ({
    sha,
    subject: subjects[sha],
    digest: `sha256:${sha}${"0".repeat(24)}`,
    publishedAt: new Date(Date.parse(now) - (index * 20 + 1) * 3_600_000).toISOString(),
    by: "ci@github",
    environments: board.status.environments.filter((one) => one.sha === sha).map(({ env }) => env),
  })),
  damaged: [{ sha: shas.rounded, because: "release.json is not what its digest says", environments: [] }],
  exit: 0,
};

const passed = (rule: string, message: string): RuleDocument => ({ rule, status: "passed", message });
const passedRules: readonly RuleDocument[] = [
  passed("release", "complete; 46 objects and 2 images match sha256:4be07d19c2a8"),
  passed("quarantine", "none"),
  passed("order", "staging ran it, epoch 42, done"),
  passed("soak", "1 d 53 min of 1 d"),
  passed("ancestry", "on main, 2 commits ahead"),
  passed("approval", "1 of 1: octocat, plan 8d21f6b0c3e7"),
  passed("hold", "none"),
  passed("schema", "statements of 8c41f07 and 9 older releases pass after the batch"),
];
const freeze = (
  name: string,
  message: string,
  line: number,
  clearsAt: string,
): Extract<RuleDocument, { status: "refused" }> => ({
  rule: "freeze",
  status: "refused",
  code: "freeze",
  kind: "no",
  message,
  overridable: true,
  evidence: {
    lines: [`slipway.yaml:${line} on main`],
    freeze: name,
    zone: "Europe/Berlin",
    file: "slipway.yaml",
    line,
  },
  clearsAt,
});

/** Prod is asked: frozen until 12:00, open until 16:00, frozen again over the weekend. */
export function whyProd(asOf: string | null): ExplainDocument {
  const at = Date.parse(asOf ?? now);
  const frozen =
    at < Date.parse("2026-11-20T11:00:00Z")
      ? freeze("quarter close", '"quarter close" until Fri 12:00 Europe/Berlin', 24, "2026-11-20T11:00:00Z")
      : at >= Date.parse("2026-11-20T15:00:00Z")
        ? freeze("weekend", '"weekend" until Mon 2026-11-23 08:00 Europe/Berlin', 23, "2026-11-23T07:00:00Z")
        : null;
  const { status: _status, rule: _rule, ...reason } = frozen ?? freeze("", "", 1, now);
  return {
    kind: "explain",
    version: 1,
    env: "prod",
    direction: "forward",
    from: shas.paged,
    to: shas.colour,
    plan: "8d21f6b0c3e7bd36cb9d21f6be6abf0d7c1c1e21862ab8a18a8902073fec8df4",
    at: new Date(at).toISOString(),
    asOf: asOf !== null,
    decision: frozen ? "refused" : "allowed",
    ask: false,
    earliest: frozen?.clearsAt ?? null,
    until: frozen?.clearsAt === "2026-11-20T11:00:00Z" ? "2026-11-20T15:00:00Z" : null,
    approvedBy: ["octocat"],
    rules: frozen ? [...passedRules, frozen] : [...passedRules, passed("freeze", "none until Fri 16:00 Europe/Berlin")],
    reasons: frozen ? [reason] : [],
    exit: frozen ? 3 : 0,
  };
}

const anEpoch = (fields: Partial<TimelineEpoch> & Pick<TimelineEpoch, "epoch" | "startedAt">): TimelineEpoch => ({
  sha: shas.colour,
  endedAt: new Date(Date.parse(fields.startedAt) + 74_000).toISOString(),
  mark: "done",
  ended: "done",
  by: "octocat",
  ...fields,
});
const epochs = {
  dev: [
    anEpoch({ epoch: 55, startedAt: "2026-11-14T09:00:00Z", sha: shas.paged, by: "ci@github" }),
    anEpoch({ epoch: 56, startedAt: "2026-11-16T15:00:00Z", sha: shas.cached, by: "ci@github" }),
    anEpoch({
      epoch: 57,
      startedAt: "2026-11-17T09:30:00Z",
      mark: "failed",
      ended: "failed, put back: smoke-failed",
      by: "ci@github",
    }),
    anEpoch({
      epoch: 58,
      startedAt: "2026-11-17T10:10:00Z",
      mark: "lost",
      ended: "lost after roll-service api",
      endedAt: null,
      by: "ci@github",
    }),
    anEpoch({ epoch: 59, startedAt: "2026-11-19T09:05:00Z", by: "ci@github" }),
    anEpoch({ epoch: 60, startedAt: "2026-11-19T14:00:00Z", sha: shas.limits, by: "ci@github" }),
    anEpoch({ epoch: 61, startedAt: "2026-11-20T09:40:00Z", sha: shas.clean, by: "ci@github" }),
  ],
  staging: [
    anEpoch({ epoch: 40, startedAt: "2026-11-14T10:00:00Z", sha: shas.paged }),
    anEpoch({ epoch: 41, startedAt: "2026-11-17T08:00:00Z", sha: shas.cached }),
    anEpoch({ epoch: 42, startedAt: "2026-11-19T10:02:50Z" }),
    anEpoch({
      epoch: 43,
      startedAt: "2026-11-19T14:04:20Z",
      sha: shas.limits,
      mark: "failed",
      ended: "failed, put back: service-unhealthy",
    }),
    anEpoch({
      epoch: 44,
      startedAt: "2026-11-19T16:10:00Z",
      sha: shas.limits,
      mark: "refused",
      ended: "refused quarantined",
    }),
  ],
  prod: [
    anEpoch({ epoch: 16, startedAt: "2026-11-15T12:00:00Z", sha: shas.rounded, mark: "rollback", ended: "done, held" }),
    anEpoch({ epoch: 17, startedAt: "2026-11-16T08:11:30Z", sha: shas.paged, by: "ci@github" }),
  ],
};

export function timeline(days: number): TimelineDocument {
  const from = new Date(Date.parse(now) - days * 86_400_000).toISOString();
  return {
    kind: "timeline",
    version: 1,
    from,
    until: now,
    environments: [
      {
        env: "dev",
        epochs: epochs.dev,
        runs: [
          { sha: shas.paged, from: "2026-11-14T09:01:14Z", until: "2026-11-16T15:01:14Z" },
          { sha: shas.cached, from: "2026-11-16T15:01:14Z", until: "2026-11-19T09:06:14Z" },
          { sha: shas.colour, from: "2026-11-19T09:06:14Z", until: "2026-11-19T14:01:14Z" },
          { sha: shas.limits, from: "2026-11-19T14:01:14Z", until: "2026-11-20T09:41:00Z" },
          { sha: shas.clean, from: "2026-11-20T09:41:00Z", until: null },
        ],
      },
      {
        env: "staging",
        epochs: epochs.staging,
        runs: [
          { sha: shas.paged, from: "2026-11-14T10:01:14Z", until: "2026-11-17T08:01:14Z" },
          { sha: shas.cached, from: "2026-11-17T08:01:14Z", until: "2026-11-19T10:04:04Z" },
          { sha: shas.colour, from: "2026-11-19T10:04:04Z", until: null },
        ],
      },
      {
        env: "prod",
        epochs: epochs.prod,
        runs: [
          { sha: shas.rounded, from, until: "2026-11-16T08:12:44Z" },
          { sha: shas.paged, from: "2026-11-16T08:12:44Z", until: null },
        ],
      },
    ],
    freezes: [
      {
        env: "prod",
        name: "weekend",
        zone: "Europe/Berlin",
        from: "2026-11-13T15:00:00Z",
        until: "2026-11-16T07:00:00Z",
      },
      {
        env: "prod",
        name: "quarter close",
        zone: "Europe/Berlin",
        from: "2026-11-18T17:00:00Z",
        until: "2026-11-20T11:00:00Z",
      },
    ],
    subjects,
  };
}

export const journey: JourneyDocument = {
  kind: "journey",
  version: 1,
  sha: shas.colour,
  subject: subjects[shas.colour],
  committedAt: "2026-11-19T08:41:00Z",
  publishedAt: "2026-11-19T08:58:11Z",
  by: "ci@github",
  runUrl: "https://github.com/acme/chronoledger/actions/runs/19402217730",
  quarantine: null,
  environments: [
    {
      env: "dev",
      name: "dev",
      attempts: epochs.dev.filter(({ epoch }) => epoch >= 57 && epoch <= 59).toReversed(),
      runs: [{ sha: shas.colour, from: "2026-11-19T09:06:14Z", until: "2026-11-19T14:01:14Z" }],
      isRunning: false,
      soak: { seconds: 17_700, requiredSeconds: 1800 },
      approvals: [],
    },
    {
      env: "staging",
      name: "staging",
      attempts: epochs.staging.filter(({ epoch }) => epoch === 42),
      runs: [{ sha: shas.colour, from: "2026-11-19T10:04:04Z", until: null }],
      isRunning: true,
      soak: { seconds: 89_636, requiredSeconds: 86_400 },
      approvals: [],
    },
    {
      env: "prod",
      name: "prod",
      attempts: [],
      runs: [],
      isRunning: false,
      soak: null,
      approvals: [
        {
          by: "octocat",
          at: "2026-11-20T08:20:00Z",
          plan: "8d21f6b0c3e7bd36cb9d21f6be6abf0d7c1c1e21862ab8a18a8902073fec8df4",
          state: "valid",
        },
        { by: "hubot", at: "2026-11-19T08:20:00Z", plan: "5c0e71a94b2d".padEnd(64, "0"), state: "revoked" },
      ],
    },
  ],
};

export const failedEpoch: EpochDocument = {
  env: "staging",
  epoch: 43,
  command: "promote",
  resumes: null,
  by: "octocat",
  runUrl: "https://github.com/acme/chronoledger/actions/runs/19571100518",
  from: shas.colour,
  to: shas.limits,
  plan: "c40a9e6172fb".padEnd(64, "0"),
  startedAt: "2026-11-19T14:04:20Z",
  endedAt: "2026-11-19T14:05:13Z",
  outcome: "failed",
  environment: "reverted",
  ended: "failed, put back: service-unhealthy",
  overridden: [{ code: "soak", reason: "the fix cannot wait for the morning" }],
  waived: [],
  approvedBy: [],
  reason: "INC-3121",
  reasons: [],
  failure: {
    code: "service-unhealthy",
    step: "roll-service",
    name: "api",
    where: null,
    cause: "task 1f0c9a exited 1 after 3.2 s, never ready on /readyz",
    log: ['{"level":"fatal","msg":"relation \\"settings\\" does not exist"}'],
    logLines: 7,
    requestsServed: 0,
  },
  database: null,
  steps: [
    {
      n: 1,
      kind: "pin-artifacts",
      name: null,
      back: false,
      outcome: "done",
      summary: "2 images, web, migrations kept for staging",
      seconds: 0.2,
      log: null,
    },
    {
      n: 2,
      kind: "prepare-services",
      name: null,
      back: false,
      outcome: "done",
      summary: "2 definitions registered",
      seconds: 0.4,
      log: null,
    },
    {
      n: 3,
      kind: "publish-web",
      name: null,
      back: false,
      outcome: "same",
      summary: "none new",
      seconds: 0.1,
      log: null,
    },
    {
      n: 4,
      kind: "run-migrations",
      name: null,
      back: false,
      outcome: "same",
      summary: "none pending",
      seconds: 0.3,
      log: "environments/staging/logs/43-4.txt",
    },
    {
      n: 5,
      kind: "roll-service",
      name: "api",
      back: false,
      outcome: "failed",
      summary: "0 of 2 new tasks healthy; circuit breaker after 3 starts",
      seconds: 48.6,
      log: "environments/staging/logs/43-5.txt",
    },
    {
      n: 1,
      kind: "roll-service",
      name: "api",
      back: true,
      outcome: "done",
      summary: "2 of 2 tasks run sha256:9b1f42c07e5d",
      seconds: 1.2,
      log: "environments/staging/logs/43-back-1.txt",
    },
  ],
};

export const historyOf = (epoch: EpochDocument): HistoryDocument => ({
  kind: "history",
  version: 1,
  app: "chronoledger",
  epochs: [epoch],
  exit: 0,
});

export const logOf = (lines: readonly string[]): LogDocument => ({
  kind: "log",
  version: 1,
  step: "roll-service api",
  epoch: 43,
  keys: ["environments/staging/logs/43-5.txt"],
  lines,
  exit: 0,
});

const counted = (fields: Partial<FigureEpoch> & Pick<FigureEpoch, "epoch" | "endedAt">): FigureEpoch => ({
  sha: shas.paged,
  subject: subjects[shas.paged],
  ended: "done",
  seconds: null,
  ...fields,
});

export const figures = (days: 30 | 90): FiguresDocument => ({
  kind: "figures",
  version: 1,
  env: "prod",
  days,
  from: new Date(Date.parse(now) - days * 86_400_000).toISOString(),
  until: now,
  deploys: {
    perWeek: days === 30 ? 4.2 : 3.9,
    list: [17, 15, 14].map((epoch, index) => counted({ epoch, endedAt: `2026-11-${16 - index * 3}T08:12:44Z` })),
  },
  leadTime: { medianSeconds: 97_200, list: [counted({ epoch: 17, endedAt: "2026-11-16T08:12:44Z", seconds: 97_200 })] },
  changeFailure: {
    share: 2 / 22,
    of: 22,
    list: [
      counted({ epoch: 16, endedAt: "2026-11-15T12:01:14Z", ended: "rolled back" }),
      counted({ epoch: 12, endedAt: "2026-11-05T12:01:14Z", ended: "failed, put back: smoke-failed" }),
    ],
  },
  recovery: {
    medianSeconds: days === 30 ? 3120 : null,
    list: days === 30 ? [counted({ epoch: 17, endedAt: "2026-11-16T08:12:44Z", seconds: 3120 })] : [],
  },
});

export const anError = (fields: Partial<ErrorDocument> = {}): ErrorDocument => ({
  kind: "error",
  version: 1,
  code: "could-not-tell",
  exit: 7,
  message: "the store does not answer. Run the same command again.",
  where: null,
  next: [],
  ...fields,
});
