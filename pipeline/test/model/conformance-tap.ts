import type { LeaseDocument } from "../../src/ledger/lease-document.ts";
import { type LedgerRecord, runningOf, type Standing } from "../../src/ledger/records.ts";
import type { WebRevision } from "../../src/ports.ts";
import { type Incarnation, Simulation } from "../simulation/simulation.ts";

/** What a world of the simulation sees of everybody who acts on it, in the order in which it happens; times in milliseconds. */
export type Seen = { readonly at: number } & (
  | { readonly kind: "begins"; readonly who: string }
  /** A request leaves; that it lands, if it does, is seen by itself. */
  | { readonly kind: "sends"; readonly who: string; readonly call: string }
  | { readonly kind: "hears"; readonly who: string; readonly call: string }
  | { readonly kind: "lease"; readonly document: LeaseDocument }
  | { readonly kind: "record"; readonly record: LedgerRecord }
  | { readonly kind: "pointer"; readonly sha: string | null }
  | { readonly kind: "service"; readonly service: string; readonly sha: string | null; readonly epoch: number }
  | { readonly kind: "web"; readonly sha: string | null; readonly epoch: number; readonly isNew: boolean }
  | { readonly kind: "migration"; readonly name: string }
  | { readonly kind: "ends"; readonly who: string }
);
type DistributiveOmit<T, K extends string> = T extends unknown ? Omit<T, K> : never;

/**
 * Listens to every world that the simulation makes until it is disposed of: what lands in the store, in the services, in the pages and in the
 * database, and what the processes send. Nothing of it changes what happens. SHAs are added to `releases` in their order.
 */
export function tapSimulation(see: (seen: Seen) => void, releases: string[]): Disposable {
  const { worldOf } = Simulation.prototype;
  const tapped = new WeakSet<Simulation>();
  Simulation.prototype.worldOf = function (this: Simulation, incarnation: Incarnation) {
    const tell = (seen: DistributiveOmit<Seen, "at">): void => see({ at: this.clock.monotonic(), ...seen } as Seen);
    if (!tapped.has(this)) {
      tapWorld(this, tell);
      releases.push(...this.registry.releases.map(({ sha }) => sha));
    }
    tapped.add(this);
    tapProcess(incarnation, tell);
    return worldOf.call(this, incarnation);
  };
  return {
    [Symbol.dispose]: () => {
      Simulation.prototype.worldOf = worldOf;
    },
  };
}

type Tell = (seen: DistributiveOmit<Seen, "at">) => void;

function tapProcess({ gate, who }: Incarnation, tell: Tell): void {
  tell({ kind: "begins", who });
  const call = gate.call.bind(gate);
  gate.call = (name, options, act) => {
    const { guard } = options;
    const sends = (): void => tell({ kind: "sends", who, call: name });
    if (!options.mutating) return call(name, options, act);
    // What the port does not check once more has left the code's hands here: a freeze between this and the network is a slow network.
    if (!guard) sends();
    const guarded = guard && {
      ...options,
      guard: () => {
        guard();
        sends();
      },
    };
    return call(name, guarded ?? options, act).then((answer) => {
      tell({ kind: "hears", who, call: name });
      return answer;
    });
  };
  const kill = gate.kill.bind(gate);
  let hasEnded = false;
  gate.kill = () => {
    if (!hasEnded) tell({ kind: "ends", who });
    hasEnded = true;
    return kill();
  };
}

function tapWorld({ store, environment }: Simulation, tell: Tell): void {
  const { putIfAbsent, putIfMatch } = store;
  const stored = new Map<string, string>();
  /** A late put of what is there already is answered as written, and writes nothing. */
  const tellNew = (key: string, body: Uint8Array): void => {
    const text = new TextDecoder().decode(body);
    if (stored.get(key) !== text) tellWritten(key, text, tell);
    stored.set(key, text);
  };
  store.putIfAbsent = async (key, body) => {
    const answer = await putIfAbsent.call(store, key, body);
    if (answer.status === "written") tellNew(key, body);
    return answer;
  };
  store.putIfMatch = async (key, body, etag) => {
    const answer = await putIfMatch.call(store, key, body, etag);
    if (answer.status === "written") tellNew(key, body);
    return answer;
  };
  const { order } = environment;
  environment.order = (service, revision, epoch = 0) => {
    order.call(environment, service, revision, epoch);
    tell({ kind: "service", service, sha: revision?.sha ?? null, epoch });
  };
  const { applied } = environment.database;
  const push = applied.push.bind(applied);
  applied.push = (...names) => {
    for (const name of names) tell({ kind: "migration", name });
    return push(...names);
  };
  let { web } = environment;
  Object.defineProperty(environment, "web", {
    get: () => web,
    set: (next: { readonly web: WebRevision | null; readonly epoch: number }) => {
      const isNew = next.web?.digest !== web.web?.digest;
      web = next;
      tell({ kind: "web", sha: next.web?.sha ?? null, epoch: next.epoch, isNew });
    },
  });
}

function tellWritten(key: string, text: string, tell: Tell): void {
  const parse = (): unknown => JSON.parse(text);
  if (key.endsWith("/lease.json")) tell({ kind: "lease", document: parse() as LeaseDocument });
  else if (key.includes("/history/")) tell({ kind: "record", record: parse() as LedgerRecord });
  else if (key.endsWith("/current.json")) {
    const { standing } = parse() as { readonly standing: Standing };
    tell({ kind: "pointer", sha: runningOf(standing)?.sha ?? null });
  }
}
