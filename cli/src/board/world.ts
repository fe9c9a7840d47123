import {
  type EnvironmentName,
  quoteInput,
  readManifest,
  readStanding,
  type Sha,
  type Standing,
  type StoredRelease,
  UserError,
} from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { openSession, type Session } from "../session.ts";
import { LedgerView } from "./ledger-view.ts";

/** How long an opened session serves: policy and secrets are read again after it. */
const sessionMilliseconds = 4_000;

/** What the board looks at, and what of it never changes and is kept between looks. */
export class BoardWorld {
  readonly call: Call;
  readonly #ledgers = new Map<EnvironmentName, LedgerView>();
  readonly #releases = new Map<Sha, StoredRelease>();
  /** Of the store that all this was read from. */
  #address: string | null = null;
  /** Environments whose ledger was seen. */
  readonly #begun = new Set<EnvironmentName>();
  #opened: { readonly at: number; readonly session: Promise<Session> } | null = null;

  constructor(call: Call) {
    this.call = call;
  }

  /** @throws UserError */
  async session(): Promise<Session> {
    const now = performance.now();
    if (this.#opened === null || now - this.#opened.at > sessionMilliseconds)
      this.#opened = { at: now, session: openSession(this.call) };
    const session = await this.#opened.session;
    if (session.address !== this.#address) this.#forget(session.address);
    return session;
  }

  #forget(address: string): void {
    this.#address = address;
    this.#ledgers.clear();
    this.#releases.clear();
    this.#begun.clear();
  }

  ledger(session: Session, environment: EnvironmentName): LedgerView {
    const known = this.#ledgers.get(environment) ?? new LedgerView(session.store, environment);
    this.#ledgers.set(environment, known);
    return known;
  }

  /** @throws UserError where a ledger was there before and is gone: that is no empty environment */
  async standing(session: Session, environment: EnvironmentName): Promise<Standing> {
    const standing = await readStanding(session.store, environment);
    if (!this.isGone(standing, environment)) return standing;
    throw new UserError({ code: "store-unusable", message: lostLedger(session.nameOf(environment)) });
  }

  /** A ledger that this board has seen is not there any more. */
  isGone({ seq }: Standing, environment: EnvironmentName): boolean {
    if (seq > 0) this.#begun.add(environment);
    return seq === 0 && this.#begun.has(environment);
  }

  /** Null: it is not there, was retired, or cannot be read. */
  async release(session: Session, sha: Sha): Promise<StoredRelease | null> {
    const known = this.#releases.get(sha);
    if (known) return known;
    const look = await readManifest(session.store, sha);
    if (look.status !== "found") return null;
    this.#releases.set(sha, look.release);
    return look.release;
  }

  async releases(session: Session, shas: Iterable<Sha>): Promise<ReadonlyMap<Sha, StoredRelease>> {
    const found = await Promise.all([...new Set(shas)].map((sha) => this.release(session, sha)));
    return new Map(found.flatMap((release) => (release ? [[release.manifest.git.sha, release]] : [])));
  }
}

export const lostLedger = (name: string): string =>
  `the ledger of ${name} was there and is gone; if that was meant, start the board again`;

/** @throws UserError */
export function environmentNamed(session: Session, name: string): EnvironmentName {
  const found = session.policy.policy.environments.find((environment) => environment.name === name);
  if (found) return found.name;
  const { app } = session.policy.policy;
  throw new UserError({ code: "env-unknown", message: `${quoteInput(name)} is not an environment of ${app}.` });
}
