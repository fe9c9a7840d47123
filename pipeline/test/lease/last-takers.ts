import type { EnvironmentName } from "../../src/identifiers.ts";
import { contend } from "./contend.ts";
import { callFilesDirectly } from "./direct-files.ts";
import { environmentsIn, noteInFile, realContender } from "./real-world.ts";

/*
 * When everybody has ended: `node last-takers.ts <folder> <seed>`. Whatever became of their holders, with nobody in the way
 * every lease is to be had.
 */
const [, , folder = "", seed = "0"] = process.argv;
const attempts = 4;
const atOnce = 8;

callFilesDirectly();
const note = noteInFile(folder, `last-${seed}`);
const left = environmentsIn(folder).entries();

async function takeEach(): Promise<void> {
  for (const [index, environment] of left) await take(environment, Number(seed) + index);
}

async function take(environment: EnvironmentName, own: number): Promise<void> {
  const contender = realContender(folder, own, note);
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if ((await contend(contender, environment)) !== null) return;
  }
  note({ what: "broke", environment, because: "nobody can take it any more" });
}

await Promise.all(Array.from({ length: atOnce }, takeEach));
