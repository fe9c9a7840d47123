import type { LedgerCheck } from "./ledger-check.ts";
import { sha256 } from "./ledger-check.ts";

/** What the world says of itself, looked up without any code of ours. */
export interface Seen {
  /** What `/version` answers. */
  readonly version: { readonly sha: string; readonly image: string };
  readonly page: string;
  readonly asset: string;
  /** What the processes of the services were started with. */
  readonly services: Readonly<Record<string, { readonly sha: string; readonly image: string }>>;
  /** Bytes of the running release's `release.json`. */
  readonly manifest: string;
  /** Of `current.json`. */
  readonly pointer: { readonly seq: number; readonly head: string };
  /** Names in the order of application; each migration adds its own once. */
  readonly effects: readonly string[];
  /** Names that the journal of migrations tells as applied, and others. */
  readonly journal: readonly string[];
  readonly halfRun: readonly string[];
  readonly fence: number;
}
/** What was committed as the release that must run now. */
export interface Wanted {
  readonly sha: string;
  readonly page: string;
  readonly asset: string;
  /** Migrations that it has. */
  readonly migrations: readonly string[];
}
/** What a command said when it ended. */
export interface Claim {
  readonly ending: string;
  readonly epoch: number | null;
}

/** What in the world is not as the ledger tells it, or not as it was wanted. */
export function problemsOf(seen: Seen, wanted: Wanted, ledger: LedgerCheck): readonly string[] {
  const problems: string[] = [];
  const same = (what: string, found: unknown, expected: unknown) => {
    if (found !== expected) problems.push(`${what}: ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`);
  };
  const manifest = JSON.parse(seen.manifest);
  same("what the ledger says runs", ledger.running?.sha, wanted.sha);
  same("the manifest's digest", sha256(seen.manifest), ledger.running?.digest);
  same("/version", seen.version.sha, wanted.sha);
  same("the image of /version", seen.version.image, manifest.images.api.digest);
  same("the page", seen.page, wanted.page);
  same("the asset", seen.asset, wanted.asset);
  for (const service of ["api", "worker"]) {
    same(`the process of ${service}`, seen.services[service]?.sha, wanted.sha);
    same(`the image of ${service}`, seen.services[service]?.image, manifest.images[service].digest);
    same(`the goal for ${service}`, ledger.running?.goal.services[service]?.image, manifest.images[service].digest);
  }
  same("the goal's pages", ledger.running?.goal.web?.digest, manifest.web.digest);
  if (!ledger.isClosed) problems.push(`epoch ${ledger.epoch} has no end`);
  if (ledger.settled !== null && seen.pointer.seq < ledger.settled.seq)
    problems.push(`current.json is at ${seen.pointer.seq}, the last settled record is ${ledger.settled.seq}`);
  if (seen.pointer.seq === ledger.seq) same("the head in current.json", seen.pointer.head, ledger.head);
  if (seen.pointer.seq > ledger.seq)
    problems.push(`current.json is at ${seen.pointer.seq}, the ledger ends at ${ledger.seq}`);
  return [...problems, ...problemsOfMigrations(seen, wanted, ledger)];
}

function problemsOfMigrations(seen: Seen, wanted: Wanted, ledger: LedgerCheck): readonly string[] {
  const journal = new Set(seen.journal);
  const effects = new Set(seen.effects);
  const twice = seen.effects.filter((name, at) => seen.effects.indexOf(name) !== at);
  return [
    ...twice.map((name) => `migration ${name} was applied more than once`),
    ...seen.effects
      .filter((name) => !journal.has(name))
      .map((name) => `migration ${name} is applied and not on record`),
    ...seen.journal
      .filter((name) => !effects.has(name))
      .map((name) => `migration ${name} is on record and not applied`),
    ...wanted.migrations.filter((name) => !journal.has(name)).map((name) => `migration ${name} was left out`),
    ...seen.halfRun.map((name) => `migration ${name} is half run`),
    ...(sorted(ledger.applied ?? []) === sorted(seen.journal)
      ? []
      : [
          `the ledger tells ${ledger.applied?.length ?? "no"} migrations as applied, the database ${seen.journal.length}`,
        ]),
    ...(seen.fence > ledger.epoch
      ? [`the database's fence is at ${seen.fence}, the last epoch is ${ledger.epoch}`]
      : []),
  ];
}
const sorted = (names: readonly string[]): string => names.toSorted().join("\n");

/** What a command claimed and the ledger does not say. */
export function problemsOfClaims(claims: readonly Claim[], ledger: LedgerCheck): readonly string[] {
  return claims.flatMap(({ ending, epoch }) => {
    if (epoch === null || !["done", "reverted", "partial"].includes(ending)) return [];
    const found = ledger.outcomes.get(epoch)?.result ?? "no end";
    return found === ending ? [] : [`a command said ${ending} of epoch ${epoch}, the ledger says ${found}`];
  });
}
