import type { Seen } from "./conformance-tap.ts";
import type { Command } from "./promotion/story.ts";
import { Release } from "./promotion/words.ts";

/** What was seen, in the words of the model: runs by their number, releases by theirs. Times in milliseconds. */
export type Observed = { readonly at: number } & (
  | { readonly kind: "begins" | "ends"; readonly run: number }
  /** A request leaves whose landing is seen only after something else. */
  /** The answer of one that landed late. */
  | { readonly kind: "hears"; readonly run: number }
  | { readonly kind: "sends late"; readonly run: number; readonly what: Landing["kind"] }
  | ({ readonly isLate: boolean } & Landing)
);
export type Landing =
  | { readonly kind: "takes lease"; readonly run: number }
  | { readonly kind: "beats"; readonly run: number }
  | { readonly kind: "frees lease"; readonly run: number }
  | { readonly kind: "breaks lease" }
  | { readonly kind: "record"; readonly run: number; readonly record: string; readonly release: number | null }
  | { readonly kind: "service"; readonly run: number; readonly service: "api" | "worker"; readonly release: number }
  | { readonly kind: "web"; readonly run: number; readonly release: number; readonly isNew: boolean }
  | { readonly kind: "pointer"; readonly release: number }
  | { readonly kind: "migration" };

export interface Trace {
  readonly commands: readonly Command[];
  readonly who: readonly string[];
  readonly observed: readonly Observed[];
}

/**
 * Puts a simulation's doings into the model's words. It begins once the first release, A of the model, is settled.
 * Null: somebody else had begun by then, or it never was. It ends where an operator comes to tidy up, who is one name for many runs.
 * @param releases SHAs of A, B and C, in this order.
 */
export function writeTrace(
  seen: readonly Seen[],
  releases: readonly string[],
  commandOf: (who: string) => Command,
): Trace | null {
  const settled = seen.findIndex((one) => one.kind === "ends" && isSettledBefore(seen, one.at));
  const tidied = seen.findIndex((one) => one.kind === "begins" && one.who === "operator");
  const isAlone = seen.slice(0, settled).every((one) => one.kind !== "begins" || one.who.startsWith(`${firstActor}.`));
  if (settled < 0 || !isAlone) return null;
  const rest = seen.slice(settled + 1, tidied < 0 ? undefined : tidied);
  const who = [...new Set(rest.flatMap((one) => (one.kind === "begins" ? [one.who] : [])))];
  const reader = new Reader(who, releases);
  const landings = rest.map((one) => ({ one, landing: reader.read(one) }));
  return { commands: who.map(commandOf), who, observed: order(landings, who) };
}

/** Whoever settles A. */
const firstActor = "p1";

const isSettledBefore = (seen: readonly Seen[], at: number): boolean =>
  seen.some(
    (one) =>
      one.at <= at && one.kind === "record" && one.record.body.kind === "outcome" && one.record.body.result === "done",
  );

class Reader {
  readonly #who: readonly string[];
  readonly #releases: readonly string[];
  readonly #runOfEpoch = new Map<number, number>();
  readonly #planned = new Set<number>();
  #nonce: string | null = null;

  constructor(who: readonly string[], releases: readonly string[]) {
    this.#who = who;
    this.#releases = releases;
  }

  /** Null: nothing that the model speaks of. */
  read(seen: Seen): Landing | null {
    switch (seen.kind) {
      case "begins":
      case "sends":
      case "hears":
      case "ends":
        return null;
      case "lease": {
        const { state, nonce, holder } = seen.document;
        const run = this.#runOf(holder.host);
        if (state === "broken") return { kind: "breaks lease" };
        if (state === "free") return { kind: "frees lease", run };
        const isNew = nonce !== this.#nonce;
        this.#nonce = nonce;
        return { kind: isNew ? "takes lease" : "beats", run };
      }
      case "record": {
        const { epoch, body } = seen.record;
        if (body.kind === "open") this.#runOfEpoch.set(epoch, this.#runOf(body.host));
        const run = this.#runOfEpoch.get(epoch) ?? -1;
        if (body.kind === "plan") {
          this.#planned.add(run);
          return { kind: "record", run, record: "plan", release: this.#releaseOf(body.plan.release?.sha ?? null) };
        }
        const release = body.kind === "outcome" ? this.#releaseOf(body.observed?.services.api?.sha ?? null) : null;
        const record = body.kind === "turn" && !this.#planned.has(run) ? "plan" : body.kind;
        return { kind: "record", run, record: body.kind === "outcome" ? body.result : record, release };
      }
      case "service": {
        const release = this.#releaseOf(seen.sha) ?? -1;
        const service = seen.service === "api" ? "api" : "worker";
        return { kind: "service", run: this.#runOfEpoch.get(seen.epoch) ?? -1, service, release };
      }
      case "web": {
        const release = this.#releaseOf(seen.sha) ?? -1;
        return { kind: "web", run: this.#runOfEpoch.get(seen.epoch) ?? -1, release, isNew: seen.isNew };
      }
      case "pointer":
        return { kind: "pointer", release: this.#releaseOf(seen.sha) ?? -1 };
      case "migration":
        return { kind: "migration" };
    }
  }

  #runOf(who: string): number {
    return this.#who.indexOf(who);
  }
  #releaseOf(sha: string | null): number | null {
    const at = sha === null ? -1 : this.#releases.indexOf(sha);
    return at < 0 ? null : at + Release.A;
  }
}

/** Which landing a request that leaves may become. */
const callOf: readonly (readonly [part: string, kinds: readonly Landing["kind"][]])[] = [
  ["services.roll api", ["service"]],
  ["services.roll worker", ["service"]],
  ["/history/", ["record"]],
  ["/lease.json", ["takes lease", "beats", "frees lease"]],
  ["/current.json", ["pointer"]],
  ["web.switchTo", ["web"]],
];

interface Request {
  readonly at: number;
  readonly run: number;
  readonly call: string;
  readonly kinds: readonly Landing["kind"][];
  /** Kept for it among what is observed, in case it lands late. */
  readonly slot: number;
}

/**
 * Finds for each landing the request that it was. One between which and its landing nobody else did anything is one thing that happens, when it
 * lands.
 */
function order(
  all: readonly { readonly one: Seen; readonly landing: Landing | null }[],
  who: readonly string[],
): readonly Observed[] {
  const observed: (Observed | null)[] = [];
  const sent: Request[] = [];
  const late = new Set<string>();
  for (const { one, landing } of all) {
    const { at } = one;
    const run = "who" in one ? who.indexOf(one.who) : -1;
    if (one.kind === "begins" || one.kind === "ends") observed.push({ at, kind: one.kind, run });
    if (one.kind === "hears" && late.delete(`${run} ${one.call}`)) observed.push({ at, kind: "hears", run });
    if (one.kind === "sends") {
      const kinds = callOf.find(([part]) => one.call.includes(part))?.[1];
      if (kinds) sent.push({ at, run, call: one.call, kinds, slot: observed.push(null) - 1 });
    }
    if (landing === null) continue;
    const found = sent.findLastIndex((request) => mayBe(request, landing));
    const request = found < 0 ? undefined : sent.splice(found, 1)[0];
    const isLate =
      request !== undefined &&
      hasWord(landing) &&
      observed.slice(request.slot).some((between) => isOther(between, request));
    if (request && isLate) {
      observed[request.slot] = { at: request.at, kind: "sends late", run: request.run, what: landing.kind };
      late.add(`${request.run} ${request.call}`);
    }
    observed.push({ at, isLate, ...landing });
  }
  return observed.filter((one) => one !== null);
}

const mayBe = ({ run, kinds, call }: Request, landing: Landing): boolean =>
  kinds.includes(landing.kind) &&
  (!("run" in landing) || landing.run === run) &&
  (landing.kind !== "service" || call.endsWith(landing.service));

/** The model knows requests of this kind that are under way; a lease that is given up late is judged when it lands. */
const hasWord = (landing: Landing): boolean =>
  landing.kind !== "beats" &&
  landing.kind !== "frees lease" &&
  !(landing.kind === "record" && landing.record === "step");

/** A run's own beats go on while it waits for an answer. */
const isOther = (between: Observed | null, { run }: Request): boolean =>
  between !== null && !(between.kind === "beats" && between.run === run);
