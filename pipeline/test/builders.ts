import { createHash } from "node:crypto";
import type { StoredTarget, Target } from "../src/environment/target.ts";
import type { AppName, Digest, EnvironmentName, Epoch, Instant, ServiceName, Sha } from "../src/identifiers.ts";
import {
  type Baseline,
  type GoodRun,
  nothingYet,
  type PromotionRequest,
  type Standing,
  type Unfinished,
} from "../src/ledger/records.ts";
import type { EnvironmentPolicy, Policy, StoredPolicy } from "../src/policy/policy.ts";
import type { Actor, Approval, ImageLook, ServiceLook } from "../src/ports.ts";
import { type Facts, known, type Observed, type ReleaseLook } from "../src/promotion/facts.ts";
import type { EnvironmentState, Plan, ReleaseRef } from "../src/promotion/plan.ts";
import type { ReleaseManifest, ServiceShape, StoredRelease } from "../src/release/manifest.ts";
import type { WebFileList } from "../src/web/file-list.ts";

/*
 * One small world for tests: app `chronoledger`, service `api`, pages, one migration; prod runs `shas.old`, staging has run
 * `shas.new` for two days, and `shas.new` is asked for in prod. Each builder yields a value that is well by every rule;
 * a test names only what it is about.
 */

export const digestOf = (text: string): Digest => `sha256:${createHash("sha256").update(text).digest("hex")}` as Digest;
/** A SHA that begins with the given digits. */
export const shaOf = (digits: string): Sha =>
  (digits + createHash("sha1").update(digits).digest("hex")).slice(0, 40) as Sha;
export const environmentOf = (name: string): EnvironmentName => name as EnvironmentName;
export const serviceOf = (name: string): ServiceName => name as ServiceName;
/** `2026-11-19T13:16` or anything else that Date.parse takes; without an offset it is UTC. */
export const instantOf = (text: string): Instant =>
  new Date(/Z|[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`).toISOString() as Instant;

export const shas = {
  /** Ran in prod before `old`. */
  older: "6fa2d906b3216fdaeeb975729fae923d5a4fd12a" as Sha,
  /** What prod runs. */
  old: "8c41f07abfe228f219e9cb0eb53f16947ccf25ec" as Sha,
  /** What is asked for. */
  new: "1f6ac3dc1626e53a13043b026c48bbf33feff924" as Sha,
  /** Newer still. */
  newest: "c2b8f60e4fb440034d6608697a8d41bed440e504" as Sha,
} as const;

export const octocat: Actor = { id: "github-583231", name: "octocat" };
export const hubot: Actor = { id: "github-480938", name: "hubot" };
export const ci: Actor = { id: "ci@github", name: "ci@github" };

export const aService = (fields: Partial<ServiceShape> = {}): ServiceShape => ({
  name: serviceOf("api"),
  run: ["node", "server.js"],
  port: "PORT",
  paths: ["/api/*"],
  health: { kind: "http", path: "/readyz" },
  startTimeoutSeconds: 60,
  drainTimeoutSeconds: 30,
  instances: 1,
  smoke: [],
  ...fields,
});

/** The image that `aRelease` gives a service. */
export const imageOf = (sha: Sha, service = "api"): Digest => digestOf(`image ${service} ${sha}`);
/** The file list that `aRelease` names. */
const webDigestOf = (sha: Sha): Digest => digestOf(`web ${sha}`);
/** The digest of the manifest that `aRelease` yields. */
export const releaseDigestOf = (sha: Sha): Digest => digestOf(`release ${sha}`);
export const refOf = (sha: Sha): ReleaseRef => ({ sha, digest: releaseDigestOf(sha) });
export const templateOfService = (service: string): Digest => digestOf(`template ${service}`);

/** A published release with an image a service, pages and one migration; any part of the manifest may be given. */
export function aRelease(fields: Partial<ReleaseManifest> & { sha?: Sha; digest?: Digest } = {}): StoredRelease {
  const { sha = shas.new, digest = releaseDigestOf(sha), ...manifest } = fields;
  const services = manifest.services ?? [aService()];
  const image = (service: string) => ({
    repository: "local",
    digest: imageOf(sha, service),
    platform: "linux/amd64",
    bytes: 1000,
  });
  const files = [{ name: "20261101000000_first", sha256: digestOf("20261101000000_first") }];
  return {
    digest,
    publishedAt: instantOf("2026-11-17T09:00"),
    manifest: {
      version: 1,
      app: "chronoledger" as AppName,
      git: { sha, tree: shaOf("7ee"), committedAt: instantOf("2026-11-17T08:30"), subject: "Add project colour" },
      services: [...services],
      retired: [],
      images: Object.fromEntries(services.map((service) => [service.name, image(service.name)])),
      web: { digest: webDigestOf(sha), entries: 1, assets: 1, bytes: 300 },
      migrations: {
        engine: "knex",
        digest: digestOf(JSON.stringify(files)),
        files,
        runner: { image: image("api"), command: ["node", "runner.js"] },
        database: "DATABASE_URL",
        timeoutSeconds: 900,
        lockTimeoutSeconds: 5,
      },
      publisher: { by: "ci@github", runUrl: null },
      ...manifest,
    },
  };
}

/** An entry, and an asset that it refers to. */
export const aFileList = (sha: Sha = shas.new): WebFileList => ({
  version: 1,
  fallback: "index.html",
  files: [
    { path: "assets/app-1f2e3d.js", sha256: digestOf(`asset ${sha}`), bytes: 200, role: "asset" },
    { path: "index.html", sha256: digestOf(`entry ${sha}`), bytes: 100, role: "entry" },
  ],
});

/** A release as observe() finds it. */
export const found = (release: StoredRelease = aRelease()): Observed<ReleaseLook> =>
  known({ status: "found", release, web: release.manifest.web ? aFileList(release.manifest.git.sha) : null });

/** What an environment is in when it runs exactly this release on `aTarget`. */
export const aState = (release: StoredRelease = aRelease()): EnvironmentState => ({
  services: Object.fromEntries(
    release.manifest.services.map(({ name }) => [
      name,
      {
        sha: release.manifest.git.sha,
        image: release.manifest.images[name]?.digest ?? imageOf(release.manifest.git.sha, name),
        template: templateOfService(name),
      },
    ]),
  ),
  web: release.manifest.web ? { sha: release.manifest.git.sha, digest: release.manifest.web.digest } : null,
});
export const nothingLive: EnvironmentState = { services: {}, web: null };

export function aTarget(fields: Partial<Target> = {}): StoredTarget {
  const target: Target = {
    version: 1,
    environment: environmentOf("prod"),
    kind: "local",
    url: "http://127.0.0.1:4603",
    services: { api: { template: templateOfService("api") } },
    anyService: null,
    migrations: { template: templateOfService("migrations") },
    web: { switch: "pointer" },
    site: null,
    ...fields,
  };
  return { target, digest: digestOf(`target ${target.environment}`) };
}

/** A promotion that ended well: that of `shas.old`, four days before `someFacts().now`, and still there. */
export function aGoodRun(fields: Partial<GoodRun> = {}): GoodRun {
  const sha = fields.sha ?? shas.old;
  return {
    sha,
    digest: releaseDigestOf(sha),
    webSha: sha,
    webDigest: releaseDigestOf(sha),
    epoch: 17,
    action: "promote",
    by: ci,
    runUrl: null,
    from: instantOf("2026-11-15T09:12"),
    until: null,
    leftBy: null,
    state: aState(aRelease({ sha })),
    targetDigest: aTarget().digest,
    ...fields,
  };
}

/** Settled on `good[0]`, which is `aGoodRun()` unless told; `epoch`, `settled` and `last` follow from it. */
export function aStanding(fields: Partial<Standing> = {}): Standing {
  const good = fields.good ?? [aGoodRun()];
  const settled: Epoch = good[0]?.epoch ?? 0;
  const files = [{ name: "20261101000000_first", sha256: digestOf("20261101000000_first") }];
  if (good.length === 0) return { ...nothingYet, ...fields };
  return {
    ...nothingYet,
    seq: settled * 10,
    head: digestOf(`head ${settled}`),
    lineage: "0f".repeat(16),
    epoch: settled,
    settled,
    good,
    unfinished: null,
    claimed: null,
    schema: { applied: files, certain: true },
    openMigration: null,
    known: files,
    last: { epoch: settled, outcome: "done" },
    ...fields,
  };
}

export function aRequest(fields: Partial<PromotionRequest> = {}): PromotionRequest {
  const action = fields.action ?? "promote";
  return {
    action,
    environment: environmentOf("prod"),
    sha: action === "promote" ? shas.new : null,
    only: null,
    trigger: "person",
    overrides: [],
    reason: null,
    expect: null,
    until: "healthy",
    by: octocat,
    runUrl: null,
    ...fields,
  };
}

/**
 * From `shas.old` to `release` in prod, with every step of a promotion. The hash stands for the given fields, not for the
 * canonical form: it differs when they do, which is all that rules ask.
 */
export function aPlan(fields: Partial<Plan> & { to?: StoredRelease } = {}): Plan {
  const { to = aRelease(), ...given } = fields;
  const goal = given.goal ?? aState(to);
  const before = given.before ?? aState(aRelease({ sha: shas.old }));
  const ref: ReleaseRef = { sha: to.manifest.git.sha, digest: to.digest };
  const body: Omit<Plan, "hash"> = {
    version: 1,
    action: "promote",
    environment: environmentOf("prod"),
    only: null,
    release: ref,
    webRelease: null,
    follows: 17,
    target: aTarget().digest,
    before,
    goal,
    steps: stepsOf(to, before, goal),
    ...given,
  };
  return { ...body, hash: given.hash ?? digestOf(JSON.stringify(body)) };
}

function stepsOf(to: StoredRelease, before: EnvironmentState, goal: EnvironmentState): Plan["steps"] {
  const revisions = Object.entries(goal.services).flatMap(([name, revision]) =>
    revision ? [{ service: serviceOf(name), to: revision }] : [],
  );
  const migrations = to.manifest.migrations;
  return [
    {
      kind: "pin-artifacts",
      already: false,
      sha: to.manifest.git.sha,
      images: Object.values(to.manifest.images).map((image) => image.digest),
    },
    { kind: "prepare-services", already: false, services: revisions },
    ...(goal.web ? [{ kind: "publish-web", already: false, web: goal.web, files: 1, bytes: 200 } as const] : []),
    ...(migrations
      ? [
          {
            kind: "run-migrations",
            already: false,
            sha: to.manifest.git.sha,
            template: templateOfService("migrations"),
            pending: [],
            expect: { applied: migrations.files, certain: true },
          } as const,
        ]
      : []),
    ...revisions.map(
      (revision) =>
        ({
          kind: "roll-service",
          already: false,
          service: revision.service,
          to: revision.to,
          expects: [before.services[revision.service] ?? null],
        }) as const,
    ),
    ...(goal.web ? [{ kind: "switch-web", already: false, from: before.web, to: goal.web } as const] : []),
    ...(goal.web ? [{ kind: "invalidate", already: false, paths: ["/", "/index.html"] } as const] : []),
    { kind: "verify-live", already: false, state: goal },
  ];
}

/** A promotion of `shas.new` as epoch 18 that has a plan and no outcome, going forward. */
export function anUnfinished(fields: Partial<Unfinished> = {}): Unfinished {
  const plan = fields.plan ?? aPlan();
  const baseline: Baseline = {
    release: refOf(shas.old),
    webRelease: null,
    state: aState(aRelease({ sha: shas.old })),
  };
  return {
    epoch: 18,
    promotion: 18,
    at: instantOf("2026-11-19T13:00"),
    request: aRequest({
      action: plan.action === "promote" ? "promote" : "rollback",
      sha: plan.release?.sha ?? null,
      only: plan.only,
      by: ci,
    }),
    plan,
    left: [plan.goal],
    expected: plan.hash,
    baseline,
    turned: null,
    partial: null,
    overridden: [],
    ...fields,
  };
}

/** Of octocat unless told, for `aPlan()`, given an hour before `someFacts().now`, good for a day. */
export const anApproval = (fields: Partial<Approval> = {}): Approval => ({
  environment: environmentOf("prod"),
  sha: shas.new,
  planHash: aPlan().hash,
  actor: hubot,
  at: instantOf("2026-11-19T12:16"),
  expiresAt: instantOf("2026-11-20T12:16"),
  revokedAt: null,
  ...fields,
});

/** No soak, no approvals, no freeze; every permission may be overridden. */
export const anEnvironmentPolicy = (fields: Partial<EnvironmentPolicy> = {}): EnvironmentPolicy => ({
  name: environmentOf("prod"),
  ancestry: "forward",
  supersede: false,
  soakSeconds: 0,
  approvals: 0,
  approvers: null,
  approvalExpirySeconds: 86_400,
  freeze: [],
  override: [
    "order",
    "soak",
    "ancestry",
    "freeze",
    "approval",
    "partial",
    "drifted",
    "drops-service",
    "alarm",
    "migration-unsafe",
  ],
  waive: [],
  ...fields,
});

/** The ladder dev, staging, prod; `prod` is what tests ask about. */
export function aPolicy(fields: Partial<Policy> & { prod?: Partial<EnvironmentPolicy> } = {}): StoredPolicy {
  const { prod, ...given } = fields;
  return {
    digest: digestOf("policy"),
    policy: {
      version: 1,
      app: "chronoledger" as AppName,
      branch: "main",
      rollbackWindow: 10,
      environments: [
        anEnvironmentPolicy({ name: environmentOf("dev"), ancestry: "any", supersede: true }),
        anEnvironmentPolicy({ name: environmentOf("staging") }),
        anEnvironmentPolicy(prod),
      ],
      ...given,
    },
  };
}

/** Two healthy tasks of what `aState` says. */
export function aServiceLook(fields: Partial<ServiceLook> & { sha?: Sha; service?: string } = {}): ServiceLook {
  const { sha = shas.old, service = "api", ...given } = fields;
  const image = imageOf(sha, service);
  return {
    wanted: { sha, image, template: templateOfService(service) },
    tasksWanted: 2,
    tasks: [
      { id: `${service}-1`, image, health: "healthy" },
      { id: `${service}-2`, image, health: "healthy" },
    ],
    rollout: null,
    ...given,
  };
}

const pullable: ImageLook = { pullable: true, because: null };

/**
 * Thursday 2026-11-19 13:16 UTC: prod runs `shas.old`, `shas.new` is asked for and may enter. `prod` is the shortest way to
 * a policy of the environment.
 */
export function someFacts(fields: Partial<Facts> & { prod?: Partial<EnvironmentPolicy> } = {}): Facts {
  const { prod, ...given } = fields;
  const release = aRelease();
  const stay = aGoodRun({ sha: shas.new, epoch: 42, by: octocat, from: instantOf("2026-11-17T10:04:04") });
  return {
    now: instantOf("2026-11-19T13:16:04"),
    policy: aPolicy(prod ? { prod } : {}),
    target: known(aTarget()),
    standing: aStanding(),
    below: known({ environment: "staging", standing: aStanding({ good: [stay] }), disturbed: known(null) }),
    sha: shas.new,
    release: found(release),
    running: null,
    before: found(aRelease({ sha: shas.old })),
    services: { api: known(aServiceLook()) },
    web: known({ web: { sha: shas.old, digest: webDigestOf(shas.old) }, epoch: 17, etag: "17" }),
    pool: known({ missing: [], clashing: [] }),
    images: Object.fromEntries(
      [shas.older, shas.old, shas.new, shas.newest].map((sha) => [imageOf(sha), known(pullable)]),
    ),
    relation: known({
      relation: "ahead",
      onBranch: true,
      commits: [{ sha: shas.new, subject: "Add project colour" }],
      lost: [],
    }),
    quarantine: known(null),
    hold: known(null),
    approvals: known([]),
    gate: known({ status: "not-asked" }),
    ours: [shas.older, shas.old, shas.new].map((sha) => ({ sha, image: imageOf(sha) })),
    ...given,
  };
}
