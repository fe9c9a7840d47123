import type { Digest } from "../../../src/identifiers.ts";
import type { ImageCellar, ImageShelf } from "../../../src/release/build-ports.ts";
import type { Gate } from "../gate.ts";

const bytesEach = 10;

/** Where this world keeps its images. */
export class Cellar {
  readonly kept = new Map<Digest, { readonly write: number; readonly at: number }>();
  readonly #now: () => number;
  #writes = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  keep(digest: Digest): void {
    this.#writes += 1;
    this.kept.set(digest, { write: this.#writes, at: this.#now() });
  }

  /** `gate`: of the process that looks; absent: nobody in this world. */
  shelf(gate: Gate | null = null): ImageShelf {
    const keep = (digest: Digest) => {
      if (!this.kept.has(digest)) return "missing" as const;
      this.keep(digest);
      return "kept" as const;
    };
    return {
      keep: async ({ digest }) =>
        gate === null
          ? keep(digest)
          : gate.call(`shelf.keep ${digest.slice(7, 11)}`, { mutating: true }, () => keep(digest)),
      verify: async ({ digest }) =>
        this.kept.has(digest) ? { status: "same", bytes: bytesEach } : { status: "missing" },
      readFile: async () => null,
    };
  }

  ports(gate: Gate): ImageCellar {
    return {
      list: () =>
        gate.call("cellar.list", { mutating: false }, () =>
          [...this.kept].map(([digest, { write, at }]) => ({
            digest,
            write: String(write),
            ageMilliseconds: this.#now() - at,
            bytes: bytesEach,
          })),
        ),
      remove: ({ digest, write }) =>
        gate.call(`cellar.remove ${digest.slice(7, 11)}`, { mutating: true }, () => {
          if (String(this.kept.get(digest)?.write) !== write) return "conflict";
          this.kept.delete(digest);
          return "removed";
        }),
    };
  }
}
