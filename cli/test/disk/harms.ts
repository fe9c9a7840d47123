import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** What a disk, a power cut or a person may make of one stored file. */
export type Harm = "edited" | "torn" | "emptied" | "lost" | "a folder" | "a link" | "a link to a copy";
/** "lost" comes first: later ones leave newer versions beside what was harmed. */
export const harms: readonly Harm[] = ["lost", "edited", "torn", "emptied", "a folder", "a link", "a link to a copy"];

/** `scratch`: where the bytes of a rename that never came stay; on the same disk. */
export function harm(path: string, how: Harm, scratch: string): void {
  const bytes = readFileSync(path);
  switch (how) {
    case "edited":
      // A high bit: no text of ours has one there.
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 0x80;
      writeFileSync(path, bytes);
      break;
    case "torn":
      writeFileSync(path, bytes.subarray(0, bytes.length >> 1));
      break;
    case "emptied":
      writeFileSync(path, "");
      break;
    case "lost":
      mkdirSync(scratch, { recursive: true });
      renameSync(path, join(scratch, "1-0123456789abcdef"));
      break;
    case "a folder":
      rmSync(path);
      mkdirSync(path);
      break;
    case "a link":
      rmSync(path);
      symlinkSync("nowhere", path);
      break;
    case "a link to a copy":
      mkdirSync(scratch, { recursive: true });
      renameSync(path, join(scratch, "copy"));
      symlinkSync(join(scratch, "copy"), path);
  }
}

/** One file as it was, to be put back and to be compared with. */
export interface Copy {
  readonly path: string;
  readonly bytes: Buffer;
}
export const copyOf = (path: string): Copy => ({ path, bytes: readFileSync(path) });
export function putBack({ path, bytes }: Copy): void {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}

/** What lies there, whatever it is: equal texts are equal things. */
export function lookAt(path: string): string {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return "nothing";
  if (found.isSymbolicLink()) return `link to ${readlinkSync(path)}`;
  if (found.isDirectory()) return `folder of ${readdirSync(path).join(", ") || "nothing"}`;
  return `file ${found.mtimeMs} ${readFileSync(path).toString("base64")}`;
}
