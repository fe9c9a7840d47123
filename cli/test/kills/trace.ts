import type { ChildProcess } from "node:child_process";
import { type FSWatcher, readFileSync, watch } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { checkLine } from "../check-documents.ts";

/** Something that a command did, and when, in milliseconds after its start. */
export interface Mark {
  readonly name: string;
  readonly at: number;
}

// biome-ignore lint/suspicious/noExplicitAny: what a command prints and stores is only looked at
type Json = any;

/**
 * What one command does, by its `--events` and by what appears in the store: the first time of each. The command is `started`
 * when there is a process.
 */
export class Trace implements Disposable {
  readonly marks: Mark[] = [];
  /** The last line that it printed. */
  document: Json = null;
  /** Lines that are not what the published schemas say. */
  readonly faults: string[] = [];
  /** Resolves when all that it printed was read. */
  readonly read: Promise<void>;
  readonly #started = performance.now();
  readonly #watchers: FSWatcher[];
  readonly #environment: string;
  readonly #nonces = new Set<string>();
  #onMark: (name: string) => void = () => undefined;

  /** `environment`: its folder in the store; it need not be there yet. */
  constructor(child: ChildProcess, environment: string, onMark: (name: string) => void) {
    this.#environment = environment;
    this.#onMark = onMark;
    this.#watchers = [
      this.#watch("", (name) => this.#stored(name)),
      this.#watch("history", (name) => this.#recorded(name)),
    ].flat();
    this.#note("started");
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    lines.on("line", (line) => this.#printed(line));
    this.read = new Promise((resolve) => lines.once("close", resolve));
  }

  [Symbol.dispose](): void {
    for (const watcher of this.#watchers) watcher.close();
  }

  #watch(below: string, onName: (name: string) => void): FSWatcher[] {
    try {
      return [watch(join(this.#environment, below), (_event, name) => name && !name.startsWith(".") && onName(name))];
    } catch {
      return [];
    }
  }

  #note(name: string): void {
    if (this.marks.some((mark) => mark.name === name)) return;
    this.marks.push({ name, at: performance.now() - this.#started });
    this.#onMark(name);
  }

  #printed(line: string): void {
    const event = parse(line);
    if (event === null) return;
    this.document = event;
    try {
      checkLine(line);
    } catch (error) {
      this.faults.push((error as Error).message);
    }
    const step = event.step?.kind && `${event.back ? "back: " : ""}${event.step.kind}`;
    if (event.type === "step:start") this.#note(`${step} begins`);
    else if (event.type === "step:progress") this.#note(`${step} goes on`);
    else if (event.type === "step:end") this.#note(`${step} ends`);
    else if (event.type === "lease:takeover") this.#note("lease taken over");
    else if (event.kind !== undefined) this.#note("answered");
  }

  #stored(name: string): void {
    if (name.startsWith("current.json@")) this.#note("current.json written");
    if (!name.startsWith("lease.json@")) return;
    const { state, nonce } = parse(this.#file(name)) ?? {};
    if (state === "free") this.#note("lease given back");
    else if (nonce !== undefined && !this.#nonces.has(nonce)) this.#note("lease taken");
    this.#nonces.add(nonce);
  }

  #recorded(name: string): void {
    const kind = parse(this.#file(join("history", name)))?.body?.kind;
    // A step is told by its own event.
    if (kind !== undefined && kind !== "step") this.#note(`${kind} recorded`);
  }

  #file(name: string): string {
    try {
      return readFileSync(join(this.#environment, name), "utf8");
    } catch {
      return "";
    }
  }
}

function parse(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
