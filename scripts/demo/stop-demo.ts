import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { purgePlatform } from "@slipway/pipeline/local";

/** Ends every process of the demo and removes what it made. Safe twice, and after a demo that was killed. */
export async function stopDemo(home: string): Promise<void> {
  const folder = join(home, "repository");
  if (existsSync(folder)) await purgePlatform(folder);
  await rm(home, { recursive: true, force: true });
}
