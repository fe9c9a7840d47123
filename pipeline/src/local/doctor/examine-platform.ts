import { setTimeout as delay } from "node:timers/promises";
import { examined, type Finding, no, ok } from "../../environment/doctor/finding.ts";
import { PortError } from "../../errors.ts";
import { codeOf } from "../file-error.ts";
import { isAlive, type ProcessIdentity } from "../guard/process-identity.ts";
import { livingAddress } from "../platform/address.ts";
import { platformFolders } from "../platform/folders.ts";
import { ownedSince, ownerOf } from "../platform/single-owner.ts";
import { platformStatus } from "../platform-control.ts";

/** A start takes one or two seconds, and many times that on a machine that is busy. */
const startMilliseconds = 20_000;
/** Nobody listens at the other end, as the system says at once. */
const nobodyThere: ReadonlySet<string | null> = new Set(["ENOENT", "ECONNREFUSED", "ENOTSOCK", "ENOTDIR", "EACCES"]);

/** Whether the platform of a folder is reached where its address says; nothing where none runs: it starts when it is needed. */
export async function examinePlatform(root: string): Promise<readonly Finding[]> {
  return await examined("platform", async () => {
    const { state, addressFile } = platformFolders(root);
    const owner = await ownerOf(state);
    if (owner === null || !(await isAlive(owner))) return [];
    const end = await awaitAnswer(root, owner);
    if (end === "answers") return [ok("platform", `pid ${owner.pid}`)];
    if (end === "gone") return [];
    const text = `a platform of this folder runs, pid ${owner.pid}, and ${addressFile} does not tell where it is reached`;
    // What takes the place of a folder is left to whoever put it there.
    return [
      no("platform", text, "promote local stop", `move ${addressFile} away if it is no file`, "promote local start"),
    ];
  });
}

/** One that has just been started has not written its address yet, and one that could not be goes away in a moment. */
async function awaitAnswer(root: string, owner: ProcessIdentity): Promise<"answers" | "silent" | "gone"> {
  const { state, addressFile } = platformFolders(root);
  const age = Date.now() - ((await ownedSince(state))?.getTime() ?? 0);
  const until = performance.now() + Math.min(startMilliseconds, startMilliseconds - age);
  for (;;) {
    const isStarting = performance.now() < until;
    const address = await livingAddress(addressFile);
    if (address?.pid === owner.pid && (await answers(root))) return "answers";
    if (!(await isAlive(owner))) return "gone";
    if (!isStarting) return "silent";
    await delay(100);
  }
}

/** False: nobody could. @throws PortError where that cannot be told */
async function answers(root: string): Promise<boolean> {
  try {
    return (await platformStatus(root)) !== null;
  } catch (error) {
    if (error instanceof PortError && nobodyThere.has(codeOf(error.cause))) return false;
    throw error;
  }
}
