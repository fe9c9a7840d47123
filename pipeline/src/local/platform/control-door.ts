import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Call } from "./control-protocol.ts";
import { ControlServer } from "./control-server.ts";
import { writeDurably } from "./durable-file.ts";
import { type PlatformFolders, rootKey } from "./folders.ts";
import { Serial } from "./serial.ts";

/** Addresses of sockets end at 104 bytes on macOS and 108 on Linux; the name of ours takes less than 40. */
const longestTemporaryFolder = 60;
const lookMilliseconds = 2_000;

/**
 * Where the platform is reached: a socket in a private temporary folder, and the file that says where. Temporary folders
 * are cleaned by others on machines that run for weeks, so a socket that has vanished is replaced by a new one.
 */
export class ControlDoor {
  readonly #folders: PlatformFolders;
  readonly #startedAt: string;
  readonly #handle: (call: Call) => Promise<unknown>;
  readonly #turns = new Serial();
  #server: ControlServer | null = null;
  #socket = "";
  #looking: NodeJS.Timeout | undefined;

  constructor(folders: PlatformFolders, startedAt: string, handle: (call: Call) => Promise<unknown>) {
    this.#folders = folders;
    this.#startedAt = startedAt;
    this.#handle = handle;
  }

  async open(tell: (line: string) => void): Promise<void> {
    await this.#turns.run(() => this.#listen());
    this.#looking = setInterval(() => {
      if (existsSync(this.#socket)) return;
      tell("the control socket has vanished; a new one is made");
      this.#turns.run(() => this.#replace()).catch((error: unknown) => tell(`no new socket: ${String(error)}`));
    }, lookMilliseconds);
  }

  async close(): Promise<void> {
    clearInterval(this.#looking);
    await this.#turns.run(async () => this.#server?.close());
  }

  /** After the last answer: nobody is to find an address that answers no more. */
  remove(): void {
    rmSync(this.#folders.addressFile, { force: true });
    rmSync(dirname(this.#socket), { recursive: true, force: true });
  }

  async #replace(): Promise<void> {
    if (existsSync(this.#socket)) return;
    await this.#server?.close();
    await this.#listen();
  }

  async #listen(): Promise<void> {
    this.#socket = join(makeSocketFolder(this.#folders.root), "control");
    this.#server = new ControlServer(this.#handle);
    await this.#server.listen(this.#socket);
    const address = { version: 1, pid: process.pid, startedAt: this.#startedAt, socket: this.#socket };
    await writeDurably(this.#folders.addressFile, JSON.stringify(address));
  }
}

/** Only its owner may enter it, so nobody else reaches the socket. */
function makeSocketFolder(root: string): string {
  const folder = tmpdir().length <= longestTemporaryFolder ? tmpdir() : "/tmp";
  return mkdtempSync(join(folder, `slipway-${rootKey(root)}-`));
}
