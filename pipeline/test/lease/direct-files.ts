import fs, { promises } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { setImmediate as turn } from "node:timers/promises";

const direct =
  <Words extends unknown[], Answer>(call: (...words: Words) => Answer) =>
  async (...words: Words): Promise<Answer> => {
    await turn();
    return call(...words);
  };
const calls = {
  link: direct(fs.linkSync),
  lstat: direct(fs.lstatSync),
  mkdir: direct(fs.mkdirSync),
  readdir: direct(fs.readdirSync),
  readlink: direct(fs.readlinkSync),
  rename: direct(fs.renameSync),
  rm: direct(fs.rmSync),
  stat: direct(fs.statSync),
  symlink: direct(fs.symlinkSync),
  unlink: direct(fs.unlinkSync),
  writeFile: direct(fs.writeFileSync),
};

/** As much of a FileHandle as the store asks for. */
class OpenFile {
  readonly #descriptor: number;
  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }
  readonly stat = direct(() => fs.fstatSync(this.#descriptor));
  readonly readFile = direct(() => fs.readFileSync(this.#descriptor));
  readonly writeFile = direct((body: Uint8Array) => fs.writeFileSync(this.#descriptor, body));
  readonly utimes = direct((read: Date, written: Date) => fs.futimesSync(this.#descriptor, read, written));
  readonly sync = direct(() => fs.fsyncSync(this.#descriptor));
  readonly close = direct(() => fs.closeSync(this.#descriptor));
}

const open = async (...words: Parameters<typeof fs.openSync>): Promise<OpenFile> => {
  await turn();
  return new OpenFile(fs.openSync(...words));
};

/**
 * From here on, in this process, node:fs/promises makes the same system calls in the same order, but by itself: to hand
 * each of them to another thread costs several times what the call costs. Everybody else has a turn before each.
 */
export function callFilesDirectly(): void {
  Object.assign(promises, { ...calls, open });
  syncBuiltinESMExports();
}
