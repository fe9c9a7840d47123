import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import type { Said } from "./disk-world.ts";
import type { Order } from "./inside.ts";

/** Of util-linux. */
const program = "unshare";

/** A process that may mount, and whose mounts nobody else sees. Where the system makes none, it throws. */
export class Namespace {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  #errors = "";

  constructor() {
    const inside = join(import.meta.dirname, "inside.ts");
    // Root keeps its own users: a database is run as another one.
    const own = process.getuid?.() === 0 ? ["--mount"] : ["--mount", "--map-root-user"];
    this.#child = spawn(program, [...own, process.execPath, inside], { stdio: ["pipe", "pipe", "pipe"] });
    this.#child.stderr?.on("data", (text: Buffer) => {
      this.#errors += text;
    });
    this.#child.on("error", (error) => {
      this.#errors += String(error);
    });
    const lines: Interface = createInterface({ input: this.#child.stdout as NodeJS.ReadableStream });
    this.#answers = lines[Symbol.asyncIterator]();
  }

  async #ask(order: Order): Promise<Said> {
    this.#child.stdin?.write(`${JSON.stringify(order)}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`there is no namespace to mount in: ${this.#errors}`);
    return JSON.parse(value) as Said;
  }

  promote(folder: string, ...argv: readonly string[]): Promise<Said> {
    return this.#ask({ folder, argv });
  }

  async shell(command: string): Promise<string> {
    const { exit, text } = await this.#ask({ shell: command });
    if (exit !== 0) throw new Error(`${command}: ${text}`);
    return text;
  }

  end(): void {
    this.#child.stdin?.end();
  }
}
