import { describe, expect, test } from "vitest";
import { aPlan, aRelease, aState, aTarget, instantOf, shas } from "../../../test/builders.ts";
import { aDraft, aShelf } from "../../../test/draft-builder.ts";
import { MemoryObjectStore } from "../../../test/memory-store.ts";
import { aLedger, anOpen, anOutcome, aPlanBody, prod, standingAfter } from "../../../test/record-builders.ts";
import { PortError } from "../../errors.ts";
import type { Sha } from "../../identifiers.ts";
import { recordBytes } from "../../ledger/chain.ts";
import { writeCurrent } from "../../ledger/current.ts";
import { currentKey, historyKey, holdKey, leaseKey } from "../../ledger/keys.ts";
import type { RecordBody } from "../../ledger/records.ts";
import type { ObjectStore, StoredObject } from "../../ports.ts";
import type { ImageShelf } from "../../release/build-ports.ts";
import { digestOf } from "../../release/canonical-json.ts";
import { changeRetention, pinRelease } from "../../release/collection/retention.ts";
import { publishRelease } from "../../release/publish-release.ts";
import { blobKey, policyKey, policyVersionKey, releaseKey, retentionKey } from "../../release/store-keys.ts";
import { writeTarget } from "../read-target.ts";
import { type DoctorPorts, examine } from "./examine.ts";
import type { Finding } from "./finding.ts";

const now = () => instantOf("2026-11-21T12:00");
const clock = { now, monotonic: () => 0, sleep: async () => undefined };
let nonces = 0;
const random = {
  nonce: () => {
    nonces += 1;
    return nonces.toString(16).padStart(32, "0");
  },
  fraction: () => 0.5,
};
const shelf = aShelf("// server\n");
const drafts = { old: aDraft({ sha: shas.old, page: "<h1>Old</h1>\n" }), new: aDraft({ sha: shas.new }) };
const released = (sha: Sha) =>
  aRelease({ sha, digest: digestOf((sha === shas.old ? drafts.old : drafts.new).manifest) });

const ran = (sha: Sha, outcome: readonly RecordBody[] = [anOutcome("done")]): readonly RecordBody[] => [
  anOpen(),
  aPlanBody({ plan: aPlan({ to: released(sha), before: aState(released(shas.old)) }) }),
  ...outcome,
];
const twoRuns = [...ran(shas.old), ...ran(shas.new)];

/** Both releases are published and pinned, and prod ran one after the other. */
async function aWorld(bodies: readonly RecordBody[] = twoRuns): Promise<MemoryObjectStore> {
  const store = new MemoryObjectStore(now);
  for (const draft of [drafts.old, drafts.new]) {
    await publishRelease({ store, shelf, clock, random, redact: (text) => text }, draft, 10);
    await pinRelease(store, draft.manifest.git.sha, prod, 2);
  }
  for (const record of aLedger(bodies)) await store.putIfAbsent(historyKey(prod, record.seq), recordBytes(record));
  await writeTarget(store, aTarget().target);
  return store;
}

const portsOn = (store: ObjectStore, fields: Partial<DoctorPorts> = {}): DoctorPorts => ({
  store,
  clock,
  random,
  shelf,
  window: 10,
  source: { relation: async () => "ahead", onBranch: async () => true, between: async () => [] },
  branch: "main",
  reading: () => undefined,
  connect: async () => {
    throw new PortError("connect", "none", "nobody answers");
  },
  isMadeByPromotion: true,
  wake: "promote local start",
  ...fields,
});

/** What was found of one thing, with what to do. */
async function about(topic: string, store: ObjectStore, fields: Partial<DoctorPorts> = {}) {
  const findings = (await examine(portsOn(store, fields), [prod])).flatMap((one) => one.findings);
  return findings.filter((finding) => finding.about === topic);
}
const verdicts = (findings: readonly Finding[]) => findings.map(({ verdict }) => verdict);

/** The same store, with one of its calls otherwise. */
const bent = (store: MemoryObjectStore, calls: Partial<ObjectStore>): ObjectStore => ({
  address: store.address,
  get: (key) => store.get(key),
  putIfAbsent: (key, body) => store.putIfAbsent(key, body),
  putIfMatch: (key, body, etag) => store.putIfMatch(key, body, etag),
  list: (prefix, after) => store.list(prefix, after),
  deleteIfMatch: (key, write) => store.deleteIfMatch(key, write),
  ...calls,
});
const unanswered = (store: MemoryObjectStore, part: string): ObjectStore =>
  bent(store, {
    get: async (key) => {
      if (key.includes(part)) throw new PortError(`get ${key}`, "none", "no answer");
      return store.get(key);
    },
  });
const build = (sha: Sha) => `promote build --sha ${sha}`;

test("a mark that cannot be read of a commit that was never published stops collections, and may go", async () => {
  const store = await aWorld();
  store.plant(retentionKey(shas.newest), "{");
  expect(await about("collection", store)).toMatchObject([
    {
      verdict: "no",
      text: expect.stringMatching(/nothing is collected/),
      next: [expect.stringMatching(/nothing of that commit/)],
    },
  ]);
});

describe("a whole world", () => {
  test("is ok in everything that can be told, and only the target gives no answer", async () => {
    const examinations = await examine(portsOn(await aWorld()), [prod]);
    expect(examinations.map(({ environment }) => environment)).toEqual([null, prod]);
    const findings = examinations.flatMap((one) => one.findings);
    expect(Object.fromEntries(findings.map(({ about: topic, verdict }) => [topic, verdict]))).toEqual({
      ...Object.fromEntries(["store", "policy", "newest", "branch", "collection"].map((topic) => [topic, "ok"])),
      ...Object.fromEntries(["ledger", "lease", "target", "rollback", "retention"].map((topic) => [topic, "ok"])),
      running: "unknown",
    });
    expect(findings.find((finding) => finding.about === "running")?.text).toContain("nobody answers");
  });

  test("is read once a release, however many environments ask", async () => {
    const read: string[] = [];
    await examine(portsOn(await aWorld(), { reading: (sha) => read.push(sha) }), [prod, prod]);
    expect(read.toSorted()).toEqual([shas.new, shas.old].toSorted());
  });

  test("writes nothing but the probe", async () => {
    const store = await aWorld();
    const before = [...store.entries()].map(([key, { write }]) => `${key} ${write}`);
    await examine(portsOn(store), [prod]);
    const after = [...store.entries()].filter(([key]) => key !== "probe.json");
    expect(after.map(([key, { write }]) => `${key} ${write}`)).toEqual(before);
  });

  test("of an empty store says what to begin with", async () => {
    const store = new MemoryObjectStore(now);
    expect(await about("newest", store)).toMatchObject([{ verdict: "no", next: ["promote build"] }]);
    expect(await about("rollback", store)).toMatchObject([{ verdict: "ok", text: "nothing ran here yet" }]);
  });
});

describe("the store", () => {
  test("that forgets what it took is a no", async () => {
    const store = await aWorld();
    const forgetful = bent(store, { get: async (key) => (key === "probe.json" ? null : store.get(key)) });
    expect(await about("store", forgetful)).toMatchObject([
      { verdict: "no", text: expect.stringMatching(/does not give back/) },
    ]);
  });

  test("that gives back what was there before is a no, whatever its etag", async () => {
    const store = await aWorld();
    await examine(portsOn(store), [prod]);
    const old = (await store.get("probe.json")) as StoredObject;
    const stale = bent(store, { get: async (key) => (key === "probe.json" ? old : store.get(key)) });
    expect(await about("store", stale)).toMatchObject([
      { verdict: "no", text: expect.stringMatching(/does not give back/) },
    ]);
  });

  test("that does not list what it took is a no", async () => {
    const store = await aWorld();
    const blind = bent(store, { list: async (prefix) => (prefix === "probe" ? [] : store.list(prefix)) });
    expect(await about("store", blind)).toMatchObject([
      { verdict: "no", text: expect.stringMatching(/does not list/) },
    ]);
  });

  test("in which somebody else is faster could not be told", async () => {
    const busy = bent(await aWorld(), { putIfAbsent: async () => ({ status: "conflict" }) });
    expect(await about("store", busy)).toMatchObject([{ verdict: "unknown", next: ["promote doctor"] }]);
  });

  test.each([
    ["ENOSPC", "no", /make room/],
    ["EROFS", "no", /let yourself read and write/],
    ["EIO", "no", /disk itself fails/],
    ["ETIMEDOUT", "unknown", null],
  ])("that ends a put with %s is %s", async (code, verdict, next) => {
    const failing = bent(await aWorld(), {
      putIfAbsent: async (key) => {
        throw new PortError("put", "none", key, { cause: Object.assign(new Error(code), { code }) });
      },
    });
    const found = await about("store", failing);
    expect(found).toMatchObject([{ verdict, next: next === null ? [] : [expect.stringMatching(next)] }]);
  });

  test("whose policy is gone, though one was published, is a no", async () => {
    const store = await aWorld();
    expect(await about("policy", store)).toMatchObject([{ verdict: "ok" }]);
    store.plant(policyVersionKey(digestOf("policy")), "{}");
    expect(await about("policy", store)).toMatchObject([{ verdict: "no", next: ["promote build"] }]);
    store.plant(policyKey, "{");
    expect(await about("policy", store)).toMatchObject([
      { verdict: "no", text: expect.stringMatching(/policy\.json of the store/) },
    ]);
  });

  test.each([
    ["quarantine", `quarantine/${shas.old}.json`],
    ["approvals", `approvals/prod/${shas.old}/${"0".repeat(64)}/a.1.json`],
  ])("whose %s cannot be read is a no that names the file", async (topic, key) => {
    const store = await aWorld();
    store.plant(key, "{");
    expect(await about(topic, store)).toMatchObject([
      { verdict: "no", text: expect.stringContaining(key), next: [expect.stringContaining(`put ${key} back`)] },
    ]);
    expect(await about(topic, unanswered(store, topic))).toMatchObject([{ verdict: "unknown" }]);
  });
});

describe("a release", () => {
  test("of which a byte is gone is a no, wherever it is needed, and a build puts it back", async () => {
    const store = await aWorld();
    store.remove(blobKey(drafts.old.blobs[2]?.digest as never));
    expect(await about("rollback", store)).toMatchObject([
      { verdict: "no", text: expect.stringMatching(/cannot come back: .* is missing/), next: [build(shas.old)] },
    ]);
    store.plant(blobKey(drafts.new.manifest.web?.digest as never), "no list");
    expect(await about("newest", store)).toMatchObject([{ verdict: "no", next: [build(shas.new)] }]);
    expect(await about("running", store)).toMatchObject([
      { verdict: "unknown" },
      { verdict: "no", text: expect.stringMatching(/is what runs and is not stored whole/), next: [build(shas.new)] },
    ]);
  });

  test("whose image is gone is a no", async () => {
    const none: ImageShelf = aShelf();
    expect(verdicts(await about("rollback", await aWorld(), { shelf: none }))).toContain("no");
  });

  test("whose release.json is damaged can be built again if a ledger knows its digest, else only removed", async () => {
    const store = await aWorld();
    store.plant(releaseKey(shas.old), "{");
    expect(await about("releases", store)).toMatchObject([
      { verdict: "no", next: [build(shas.old), expect.stringMatching(/put /)] },
    ]);
    store.plant(releaseKey(shas.older), "{");
    expect((await about("releases", store)).find(({ next }) => next[0]?.includes("remove it"))).toBeDefined();
  });

  test("off the branch is a no, and one of which that is not known could not be told", async () => {
    const store = await aWorld();
    const source = (onBranch: boolean | null) => ({ ...portsOn(store).source, onBranch: async () => onBranch });
    expect(await about("branch", store, { source: source(false) })).toMatchObject([{ verdict: "no" }]);
    expect(await about("branch", store, { source: source(null) })).toMatchObject([{ verdict: "unknown" }]);
  });

  test("that lost its pin, or was retired, in a rollback window is a no", async () => {
    const store = await aWorld();
    await changeRetention(store, shas.old, (retention) => ({ ...retention, pins: {} }));
    expect(await about("retention", store)).toMatchObject([
      { verdict: "no", text: expect.stringMatching(/not pinned for prod/), next: [build(shas.old)] },
    ]);
    await changeRetention(store, shas.old, (retention) => ({ ...retention, pins: { prod: 2 }, retired: true }));
    expect(await about("retention", store)).toMatchObject([
      { verdict: "no", text: expect.stringMatching(/is retired/), next: [] },
    ]);
  });

  test("whose retention.json cannot be read is a no that names the file", async () => {
    const store = await aWorld();
    store.plant(retentionKey(shas.old), "{");
    expect(await about("rollback", store)).toMatchObject([
      { verdict: "no", text: expect.stringContaining(retentionKey(shas.old)) },
    ]);
    expect(await about("collection", store)).toMatchObject([
      { verdict: "no", next: [expect.stringContaining(`without one, remove it, then ${build(shas.old)}`)] },
    ]);
    const silent = unanswered(await aWorld(), "retention.json");
    expect(verdicts(await about("rollback", silent))).toEqual(["unknown"]);
  });
});

describe("an environment", () => {
  test("whose ledger is broken is a no that names the record, and says nothing of what runs", async () => {
    const store = await aWorld();
    store.plant(historyKey(prod, 2), "{");
    expect(await about("ledger", store)).toMatchObject([
      { verdict: "no", text: expect.stringMatching(/record 2/), next: [expect.stringContaining(historyKey(prod, 2))] },
    ]);
    for (const topic of ["running", "rollback", "target"]) expect(await about(topic, store)).toEqual([]);
  });

  test("whose ledger does not answer could not be told", async () => {
    expect(verdicts(await about("ledger", unanswered(await aWorld(), "history")))).toEqual(["unknown"]);
  });

  test("whose current.json is damaged is a no, and its records stay whole", async () => {
    const store = await aWorld();
    await writeCurrent(store, standingAfter(twoRuns));
    expect(verdicts(await about("ledger", store))).toEqual(["ok"]);
    store.plant(currentKey(prod), "{");
    const found = await about("ledger", store);
    expect(verdicts(found)).toEqual(["ok", "no"]);
    expect(found[1]?.text).toContain(currentKey(prod));
  });

  test.each([
    { name: "unfinished", outcome: [], text: /is not finished/ },
    { name: "partial", outcome: [anOutcome("partial", { notBack: ["api"] })], text: /left it partial: api/ },
  ])("with a promotion that is $name names it and the command that goes on", async ({ outcome, text }) => {
    const store = await aWorld([...ran(shas.old), ...ran(shas.new, outcome)]);
    expect(await about("ledger", store)).toMatchObject([
      {
        verdict: "no",
        text: expect.stringMatching(text),
        next: [`promote --sha ${shas.new} --env prod`, "promote rollback --env prod"],
      },
    ]);
  });

  test.each([
    ["lease", leaseKey(prod), "lock break"],
    ["hold", holdKey(prod), "--lift"],
  ])("whose %s cannot be read is a no with the command that ends it", async (topic, key, command) => {
    const store = await aWorld();
    store.plant(key, "{");
    expect(await about(topic, store)).toMatchObject([
      { verdict: "no", text: expect.stringContaining(key), next: [expect.stringContaining(command)] },
    ]);
  });

  test("that something was promoted into, without a target, is a no", async () => {
    const store = await aWorld();
    store.remove("environments/prod/target.json");
    const again = [`promote --sha ${shas.new} --env prod`];
    expect(await about("target", store)).toMatchObject([{ verdict: "no", next: again }]);
    expect(verdicts(await about("running", store))).toEqual(["unknown"]);
    expect(await about("target", store, { isMadeByPromotion: false })).toMatchObject([{ verdict: "no", next: [] }]);
    store.plant("environments/prod/target.json", "{");
    expect(await about("target", store)).toMatchObject([
      { verdict: "no", text: expect.stringMatching(/target\.json/) },
    ]);
  });
});
