import { RefusalError } from "../../../src/errors.ts";
import type { Digest, Sha } from "../../../src/identifiers.ts";
import { readStanding } from "../../../src/ledger/read-ledger.ts";
import type { Clock } from "../../../src/ports.ts";
import { promote } from "../../../src/promotion/promote.ts";
import { canonicalBytes, sha256 } from "../../../src/release/canonical-json.ts";
import { days } from "../../../src/release/collection/ages.ts";
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
import { MachineClock } from "./machine-clock.ts";
import { Neighbour } from "./neighbour.ts";
import {
  type Act,
  type CollectionScript,
  type Deed,
  type Place,
  type Setting,
  type Strike,
  seasonMilliseconds,
} from "./script.ts";

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
  "dev: promote: done",
  "dev: promote: killed",
  "dev: promote: refused release-missing",
  "dev: rollback: done",
  "prod: promote: done",
  "prod: promote: killed",
  "prod: rollback: done",
  "collect: swept",
  "collect: killed",
  "collect: PortError",
  "releases retired",
  "blobs removed",
  "images removed",
  "a collector lost its race",
  "a blob was written again for its age",
  "an image went before it was published",
  "a publisher's clock was a day off, or more",
  "a publisher's clock stood still for days",
  "a publication that stood still was fenced off",
  "a publication that was fenced off began again",
  "prod alone kept a release",
];
const window = 2;

/** Plays a script of publishers, promotions and collectors in a world of its own: same script, same story. */
export async function playCollection(script: CollectionScript): Promise<Kept> {
  return await new Season(script).play();
}

class Season {
  readonly #script: CollectionScript;
  readonly #world = new Simulation();
  readonly #worlds: Readonly<Record<Place, Simulation>> = { dev: this.#world, prod: new Neighbour(this.#world) };
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
      for (const world of Object.values(this.#worlds)) await world.begin();
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
      problems: [
        ...new Set([...this.#problems, ...Object.values(this.#worlds).flatMap(({ violations }) => violations)]),
      ],
      seen: this.#seen,
    };
  }

  /** One process. */
  async #act({ at, deed, strikes, setting }: Act, who: string): Promise<void> {
    const { clock } = this.#world;
    const machine = machineOf(clock, deed, setting);
    const random = this.#random.fork();
    await clock.sleep(at);
    const gate: Gate = new Gate({
      faults: (_call, { name }) => {
        const due = strikes.find((strike) => strike.kind !== "freeze" && isDue(strike, name, gate));
        return due ? (due.kind as Exclude<typeof due.kind, "freeze">) : null;
      },
      elapse: (milliseconds) => clock.sleep(milliseconds),
      before: async (name) => {
        await clock.sleep(random.below(40));
        await machine.thaw();
        const due = strikes.find((strike) => strike.kind === "freeze" && isDue(strike, name, gate));
        if (due && (await machine.freeze(due.milliseconds)) && due.milliseconds > days(1) && deed.kind === "publish")
          this.#count("a publisher's clock stood still for days");
        this.#tell(`${who}: ${name}${due ? ` after ${due.milliseconds} ms` : ""}`);
      },
      underWay: (_options, late) => clock.sleep(random.below(late ? 20_000 : 20)),
      afterCall: () => this.#judge(who),
    });
    const end = await Promise.race([this.#do(deed, gate, machine, who), gate.death]).catch((error: unknown) => {
      if (error instanceof Crash) return "killed";
      if (error instanceof RefusalError && error.message.includes("is gone since"))
        this.#count("an image went before it was published");
      // A port that failed, and a refusal: both are said to whoever called.
      return error instanceof RefusalError ? error.code : error instanceof Error ? error.name : String(error);
    });
    if (!gate.dead) gate.kill();
    this.#count(`${"place" in deed ? `${deed.place}: ` : ""}${deed.kind}: ${end}`);
    this.#countCalls(deed, gate);
    if (deed.kind === "publish" && Math.abs(setting.skewMilliseconds) >= days(1))
      this.#count("a publisher's clock was a day off, or more");
    this.#tell(`${who} ended: ${end}`);
  }

  #countCalls({ kind }: Deed, gate: Gate): void {
    const puts = gate.seen.filter(({ name }) => /^store\.put\w+ releases\/\w+\/release\.json$/.test(name)).length;
    if (kind === "publish" && puts > 1) this.#count("a publication that was fenced off began again");
    if (gate.seen.some(({ name }) => name.startsWith("store.putIfMatch blobs/"))) {
      this.#count("a blob was written again for its age");
    }
  }

  async #do(deed: Deed, gate: Gate, machine: MachineClock, who: string): Promise<string> {
    const place = "place" in deed ? this.#worlds[deed.place] : this.#world;
    const world = place.worldOf({ gate, clock: gatedClock(machine, gate), who });
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
        if (releases.some(({ because }) => because === "prod may need it")) this.#count("prod alone kept a release");
        if (
          gate.seen.some(({ name }) => name.startsWith("store.putIfAbsent releases/") && name.endsWith("/release.json"))
        )
          this.#count("a publication that stood still was fenced off");
        return swept.status;
      }
      case "publish": {
        const draft = this.#drafts[deed.release];
        if (!draft) throw new Error("no such release");
        for (const { digest } of Object.values(draft.manifest.images))
          await gate.call(`cellar.keep ${digest.slice(7, 11)}`, { mutating: true }, () => this.#cellar.keep(digest));
        if (deed.restMilliseconds > 0) await machine.freeze(deed.restMilliseconds);
        const ports = { ...world, shelf: this.#cellar.shelf(gate) };
        return (await publishRelease(ports, draft, window)).status;
      }
      default: {
        const sha = deed.kind === "promote" ? (this.#drafts[deed.release]?.manifest.git.sha ?? null) : null;
        const action = deed.kind;
        const request = aRequest({ environment: place.name, action, sha });
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

  /** Somebody finishes what is open, and then the collector comes alone, three times: a fence takes two. */
  async #putInOrder(): Promise<void> {
    for (const place of ["dev", "prod"] as const) await this.#settle(place);
    for (const round of [1, 2, 3]) {
      const act: Act = { at: seasonMilliseconds, deed: { kind: "collect" }, strikes: [], setting: right };
      await this.#world.clock.run(this.#act(act, `last ${round}`));
    }
  }

  async #settle(place: Place): Promise<void> {
    const { store, name, clock } = this.#worlds[place];
    for (let round = 0; round < 6; round += 1) {
      const { unfinished } = await readStanding(store, name);
      if (!unfinished) return;
      const release = this.#drafts.findIndex(({ manifest }) => manifest.git.sha === unfinished.request.sha);
      const deed: Deed =
        round % 2 === 0 && release >= 0 ? { kind: "promote", place, release } : { kind: "rollback", place };
      const act: Act = { at: 60_000, deed, strikes: [], setting: right };
      await clock.run(this.#act(act, `operator ${round} of ${place}`));
    }
    if ((await readStanding(store, name)).unfinished) this.#problems.push(`trapped: no command settles ${place}`);
  }

  /** What is left is whole, is needed by somebody, and is everything that is there. */
  async #judgeEnd(): Promise<void> {
    const { store } = this.#world;
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
    const standings = await Promise.all(Object.values(this.#worlds).map(({ name }) => readStanding(store, name)));
    const ran = new Set(standings.flatMap(({ good }) => good.map(({ sha }) => sha)));
    // A migration that never reported keeps its release: its runner may be needed to raise the fence.
    if (standings.every(({ openMigration }) => openMigration === null) && living.length > ran.size + window)
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

function isDue({ nth, on }: Strike, name: string, { seen }: Gate): boolean {
  if (on === undefined) return seen.length + 1 === nth;
  return on.test(name) && seen.filter((call) => on.test(call.name)).length + 1 === nth;
}

const right: Setting = { skewMilliseconds: 0, standsStill: false };

/** A promotion bears neither a clock that is set otherwise nor sleep with a clock that is set back (R3, R6): it is refused, or says so. */
const machineOf = (clock: Clock, { kind }: Deed, setting: Setting): MachineClock =>
  new MachineClock(clock, kind === "publish" || kind === "collect" ? setting : right);

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
