import { createHash } from "node:crypto";
import type { Digest, Sha } from "../../../src/identifiers.ts";
import type { LedgerRecord } from "../../../src/ledger/records.ts";
import type { ReleaseManifest } from "../../../src/release/manifest.ts";
import type { WebFileList } from "../../../src/web/file-list.ts";
import type { MemoryObjectStore } from "../../memory-store.ts";
import type { Cellar } from "./cellar.ts";
import type { Place } from "./script.ts";

const places: readonly Place[] = ["dev", "prod"];

interface Retained {
  readonly retired: boolean;
  readonly pins: Readonly<Record<string, number>>;
}
type Stored = Map<string, Uint8Array>;

/**
 * What may be wrong with what is kept, at any moment; asked of the stored bytes with nothing of the code that is judged.
 * It remembers: what was a tombstone once must stay one.
 */
export class Keeper {
  readonly #window: number;
  readonly #gone = new Map<string, string>();
  readonly #digests = new Map<string, string>();
  #writes = "";

  constructor(window: number) {
    this.#window = window;
  }

  judge(store: MemoryObjectStore, cellar: Cellar): readonly string[] {
    const entries = [...store.entries()];
    const writes = `${entries.map(([, { write }]) => write).join()} ${[...cellar.kept.values()].map(({ write }) => write)}`;
    if (writes === this.#writes) return [];
    this.#writes = writes;
    const stored: Stored = new Map(entries.map(([key, { body }]) => [key, body]));
    return [
      ...this.#releases(stored).flatMap((one) => this.#judgeRelease(stored, cellar, one)),
      ...places.flatMap((place) => this.#judgeWindow(stored, place)),
    ];
  }

  #releases(stored: Stored): readonly { readonly sha: Sha; readonly body: Uint8Array }[] {
    return [...stored].flatMap(([key, body]) => {
      const sha = /^releases\/(.+)\/release\.json$/.exec(key)?.[1];
      return sha === undefined ? [] : [{ sha: sha as Sha, body }];
    });
  }

  #judgeRelease(stored: Stored, cellar: Cellar, { sha, body }: { sha: Sha; body: Uint8Array }): readonly string[] {
    const manifest = read<ReleaseManifest & { tombstone?: boolean; abandoned?: boolean; digest?: string }>(body);
    const short = sha.slice(0, 4);
    const before = this.#digests.get(sha) ?? hash(body);
    // In the place of a publication that stood still: nobody may ever have seen a release there.
    if (manifest.abandoned)
      return this.#digests.has(sha) ? [`${short} was published, and is said to be abandoned`] : [];
    if (manifest.tombstone) {
      this.#gone.set(sha, before);
      const isOurs = !this.#digests.has(sha) || manifest.digest === before;
      return [
        ...(isOurs ? [] : [`the tombstone of ${short} names another release`]),
        ...(retained(stored, sha)?.retired ? [] : [`${short} is a tombstone, and was never said to be retired`]),
      ];
    }
    this.#digests.set(sha, before);
    if (this.#gone.has(sha)) return [`${short} came back after it was retired`];
    if (hash(body) !== before) return [`${short} was published with other bytes`];
    return missingParts(stored, cellar, manifest).map((part) => `${short} is there without ${part}`);
  }

  /** The newest releases that ended well, and those that a promotion under way has pinned, are not retired. */
  #judgeWindow(stored: Stored, place: Place): readonly string[] {
    const records = [...stored]
      .filter(([key]) => key.startsWith(`environments/${place}/history/`))
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, body]) => read<LedgerRecord>(body));
    const good: Sha[] = [];
    let open: { readonly sha: Sha; readonly epoch: number }[] = [];
    for (const { body, epoch } of records) {
      if (body.kind === "plan" && body.plan.release) open.push({ sha: body.plan.release.sha, epoch });
      if (body.kind !== "outcome" || body.result === "refused" || body.result === "partial") continue;
      const led = open.at(-1);
      if (body.result === "done" && led) good.unshift(led.sha);
      open = [];
    }
    const held = open
      .filter(({ sha, epoch }) => (retained(stored, sha)?.pins[place] ?? 0) >= epoch)
      .map(({ sha }) => sha);
    const window = [...new Set(good)].slice(0, this.#window + 1);
    return [...window, ...held].flatMap((sha) =>
      retained(stored, sha)?.retired ? [`${sha.slice(0, 4)} is retired, and ${place} may need it`] : [],
    );
  }
}

function missingParts(stored: Stored, cellar: Cellar, manifest: ReleaseManifest): readonly string[] {
  const blob = (digest: Digest) => stored.get(`blobs/${digest.slice(7)}`);
  const list = manifest.web && blob(manifest.web.digest);
  if (!list) return ["its list of pages"];
  const files = read<WebFileList>(list).files.filter(({ sha256 }) => {
    const body = blob(sha256);
    return body === undefined || hash(body) !== sha256;
  });
  const images = Object.entries(manifest.images).filter(([, { digest }]) => !cellar.kept.has(digest));
  return [...files.map(({ path }) => path), ...images.map(([name]) => `its image ${name}`)];
}

/** Each write is read and hashed once: it is asked about after every call. */
const remember =
  <T>(known: WeakMap<Uint8Array, T>, make: (body: Uint8Array) => T) =>
  (body: Uint8Array): T => {
    const found = known.get(body) ?? make(body);
    known.set(body, found);
    return found;
  };
const parse = remember(new WeakMap<Uint8Array, unknown>(), (body) => JSON.parse(new TextDecoder().decode(body)));
const read = <T>(body: Uint8Array): T => parse(body) as T;
const hash = remember(
  new WeakMap<Uint8Array, string>(),
  (body) => `sha256:${createHash("sha256").update(body).digest("hex")}`,
);
function retained(stored: Stored, sha: Sha): Retained | null {
  const body = stored.get(`releases/${sha}/retention.json`);
  return body === undefined ? null : read<Retained>(body);
}
