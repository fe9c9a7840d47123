import { RefusalError } from "../../../src/errors.ts";
import type { Digest, Sha } from "../../../src/identifiers.ts";
import { readStanding } from "../../../src/ledger/read-ledger.ts";
import { promote } from "../../../src/promotion/promote.ts";
import { canonicalBytes, sha256 } from "../../../src/release/canonical-json.ts";
import { collect } from "../../../src/release/collection/collect.ts";
import { publishRelease } from "../../../src/release/publish-release.ts";
import type { ReleaseDraft } from "../../../src/release/release-draft.ts";
import { verifyRelease } from "../../../src/release/verify-release.ts";
import type { WebFileList } from "../../../src/web/file-list.ts";
import { aRequest, shaOf } from "../../builders.ts";
import { Crash, Gate } from "../gate.ts";
import { Dice } from "../seeded/dice.ts";
import { simManifest, simRelease } from "../sim-releases.ts";
import { gatedClock, Simulation } from "../simulation.ts";
import { Cellar } from "./cellar.ts";
import { Keeper } from "./judge.ts";
import { type Act, type CollectionScript, type Deed, seasonMilliseconds } from "./script.ts";

export interface Kept {
  readonly story: readonly string[];
  readonly problems: readonly string[];
  /** How often each thing happened. */
  readonly seen: Readonly<Record<string, number>>;
}

/** What the seasons must have led to. */
export const seasonSituations: readonly string[] = [
  "publish: published",
  "publish: same",
  "publish: killed",
  "publish: publish-failed",
  "publish: release-missing",
  "promote: done",
  "promote: killed",
  "promote: refused release-missing",
  "rollback: done",
  "collect: swept",
  "collect: killed",
  "collect: PortError",
  "releases retired",
  "blobs removed",
  "images removed",
  "a collector lost its race",
  "a blob was written again for its age",
];
const window = 2;

/** Plays a script of publishers, promotions and collectors in a world of its own: same script, same story. */
export async function playCollection(script: CollectionScript): Promise<Kept> {
  return await new Season(script).play();
}

class Season {
  readonly #script: CollectionScript;
  readonly #world = new Simulation();
  readonly #cellar = new Cellar(() => this.#world.clock.monotonic());
  readonly #keeper = new Keeper(window);
  readonly #random: Dice;
  readonly #drafts: readonly ReleaseDraft[];
  readonly #story: string[] = [];
  readonly #problems: string[] = [];
  readonly #seen: Record<string, number> = {};

  constructor(script: CollectionScript) {
    this.#script = script;
    this.#random = new Dice(script.seed ^ 0xc011ec7);
    this.#drafts = script.releases.map((texts, at) => draftOf(at, texts));
    for (const { manifest, web } of this.#drafts) if (web) this.#world.know(simRelease(manifest, web));
  }

  async play(): Promise<Kept> {
    const { clock } = this.#world;
    try {
      await this.#world.begin();
      await clock.run(Promise.all(this.#script.acts.map((act, at) => this.#act(act, `${act.deed.kind} ${at}`))));
      await clock.run(clock.sleep(seasonMilliseconds));
      await this.#putInOrder();
      await this.#judgeEnd();
    } catch (error) {
      this.#problems.push(
        `stuck or broken: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    }
    return {
      story: this.#story,
      problems: [...new Set([...this.#problems, ...this.#world.violations])],
      seen: this.#seen,
    };
  }

  /** One process. */
  async #act({ at, deed, strikes }: Act, who: string): Promise<void> {
    const { clock } = this.#world;
    const random = this.#random.fork();
    await clock.sleep(at);
    const gate: Gate = new Gate({
      faults: (call) => {
        const due = strikes.find((strike) => strike.kind !== "freeze" && strike.nth === call);
        return due ? (due.kind as Exclude<typeof due.kind, "freeze">) : null;
      },
      elapse: (milliseconds) => clock.sleep(milliseconds),
      before: async (name) => {
        await clock.sleep(random.below(40));
        const call = gate.seen.length + 1;
        const due = strikes.find((strike) => strike.kind === "freeze" && strike.nth === call);
        if (due) await clock.sleep(due.milliseconds);
        this.#tell(`${who}: ${name}${due ? ` after ${due.milliseconds} ms` : ""}`);
      },
      underWay: (_options, late) => clock.sleep(random.below(late ? 20_000 : 20)),
      afterCall: () => this.#judge(who),
    });
    const end = await Promise.race([this.#do(deed, gate, who), gate.death]).catch((error: unknown) => {
      if (error instanceof Crash) return "killed";
      // A port that failed, and a refusal: both are said to whoever called.
      return error instanceof RefusalError ? error.code : error instanceof Error ? error.name : String(error);
    });
    if (!gate.dead) gate.kill();
    this.#count(`${deed.kind}: ${end}`);
    if (gate.seen.some(({ name }) => name.startsWith("store.putIfMatch blobs/"))) {
      this.#count("a blob was written again for its age");
    }
    this.#tell(`${who} ended: ${end}`);
  }

  async #do(deed: Deed, gate: Gate, who: string): Promise<string> {
    const world = this.#world.worldOf({ gate, clock: gatedClock(this.#world.clock, gate), who });
    switch (deed.kind) {
      case "collect": {
        const images = this.#cellar.ports(gate);
        const { releases, swept } = await collect({ store: world.store, images, window });
        for (const { sha, because } of releases)
          if (because !== null) this.#tell(`${who} keeps ${sha.slice(0, 4)}: ${because}`);
        const retired = releases.filter(({ end }) => end === "retired").length;
        if (retired > 0) this.#count("releases retired", retired);
        if (swept.status === "swept" && swept.blobs > 0) this.#count("blobs removed", swept.blobs);
        if (swept.status === "swept" && swept.images > 0) this.#count("images removed", swept.images);
        if (releases.some(({ because }) => because?.includes("meanwhile"))) this.#count("a collector lost its race");
        return swept.status;
      }
      case "publish": {
        const draft = this.#drafts[deed.release];
        if (!draft) throw new Error("no such release");
        for (const { digest } of Object.values(draft.manifest.images))
          await gate.call(`cellar.keep ${digest.slice(7, 11)}`, { mutating: true }, () => this.#cellar.keep(digest));
        const ports = { ...world, shelf: this.#cellar.shelf() };
        return (await publishRelease(ports, draft, window)).status;
      }
      default: {
        const sha = deed.kind === "promote" ? (this.#drafts[deed.release]?.manifest.git.sha ?? null) : null;
        const action = deed.kind;
        const request = aRequest({ environment: this.#world.name, action, sha });
        const { ending, decision } = await promote(world, request, 60_000);
        if (ending.kind !== "refused") return ending.kind;
        return `refused ${decision?.reasons.map(({ code }) => code).join()}`;
      }
    }
  }

  #judge(who: string): void {
    const found = this.#keeper.judge(this.#world.store, this.#cellar);
    for (const problem of found) this.#problems.push(`${problem} (after a call of ${who})`);
  }

  /** Somebody finishes what is open, and then the collector comes alone, twice. */
  async #putInOrder(): Promise<void> {
    const { store, name, clock } = this.#world;
    for (let round = 0; round < 6; round += 1) {
      const { unfinished } = await readStanding(store, name);
      if (!unfinished) break;
      const release = this.#drafts.findIndex(({ manifest }) => manifest.git.sha === unfinished.request.sha);
      const deed: Deed = round % 2 === 0 && release >= 0 ? { kind: "promote", release } : { kind: "rollback" };
      await clock.run(this.#act({ at: 60_000, deed, strikes: [] }, `operator ${round}`));
    }
    if ((await readStanding(store, name)).unfinished)
      this.#problems.push("trapped: no command settles the environment");
    for (const round of [1, 2]) {
      await clock.run(this.#act({ at: seasonMilliseconds, deed: { kind: "collect" }, strikes: [] }, `last ${round}`));
    }
  }

  /** What is left is whole, is needed by somebody, and is everything that is there. */
  async #judgeEnd(): Promise<void> {
    const { store, name } = this.#world;
    const living: Sha[] = [];
    const listed = new Set<string>();
    for (const { manifest, blobs } of this.#drafts) {
      const { sha } = manifest.git;
      const { status } = await verifyRelease(store, this.#cellar.shelf(), sha);
      if (status === "missing" || status === "retired") continue;
      if (status !== "whole") this.#problems.push(`${sha.slice(0, 4)} is not whole at the end`);
      living.push(sha);
      for (const { digest } of blobs) listed.add(`blobs/${digest.slice(7)}`);
      for (const { digest } of Object.values(manifest.images)) listed.add(digest);
    }
    const { good, openMigration } = await readStanding(store, name);
    const ran = new Set(good.map(({ sha }) => sha));
    // A migration that never reported keeps its release: its runner may be needed to raise the fence.
    if (openMigration === null && living.length > ran.size + window)
      this.#problems.push(`${living.length} releases are left, ${ran.size} ever ran`);
    const left = [...(await store.list("blobs/")), ...this.#cellar.kept.keys()].filter((key) => !listed.has(key));
    if (left.length > 0) this.#problems.push(`nothing lists ${left.join(", ")}, and it is still there`);
    this.#count("releases left", living.length);
  }

  #tell(line: string): void {
    this.#story.push(`${this.#world.clock.monotonic()} ${line}`);
  }
  #count(what: string, times = 1): void {
    this.#seen[what] = (this.#seen[what] ?? 0) + times;
  }
}

/** A release whose blobs are there, byte by byte; its texts are shared with others by number. */
function draftOf(at: number, texts: readonly number[]): ReleaseDraft {
  const sha = shaOf(`${"abcdef012"[at]}${at}`);
  const contents: Readonly<Record<string, string>> = {
    ...Object.fromEntries(texts.map((text) => [`assets/part-${text}.js`, `part ${text}`])),
    "index.html": `pages of ${texts.join()}`,
  };
  const files = Object.entries(contents).map(([path, text]) => ({
    path,
    sha256: sha256(text),
    bytes: text.length,
    role: path.startsWith("assets/") ? ("asset" as const) : ("entry" as const),
  }));
  const web: WebFileList = { version: 1, fallback: "index.html", files };
  const names = ["api", "worker"];
  const blob = (bytes: Uint8Array): { digest: Digest; read: () => Promise<Uint8Array> } => ({
    digest: sha256(bytes),
    read: async () => bytes,
  });
  const bytes = [canonicalBytes(web), ...Object.values(contents).map((text) => new TextEncoder().encode(text))];
  return { manifest: simManifest(sha, web, ["20261101_m0"], names), web, imageFiles: {}, blobs: bytes.map(blob) };
}
