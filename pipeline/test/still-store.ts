import type { Instant } from "../src/identifiers.ts";
import { MemoryObjectStore } from "./memory-store.ts";

/** An object store whose clock stands still until it is set. */
class StillStore extends MemoryObjectStore {
  readonly setTime: (now: Instant) => void;
  constructor(start: Instant) {
    let time = start;
    super(() => time);
    this.setTime = (now) => {
      time = now;
    };
  }
}

export const memoryStore = (start: Instant): StillStore => new StillStore(start);
