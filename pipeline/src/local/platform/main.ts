import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startGuard } from "../guard/guard.ts";
import { createImageStore } from "../image-store.ts";
import { FileObjectStore } from "../object-store.ts";
import { startPostgres } from "../postgres/postgres.ts";
import { platformFolders } from "./folders.ts";
import { runPlatform } from "./run-platform.ts";

/* The background process of `promote local`: arguments are the folder of slipway.yaml and the store's folder. */
const [, , root = ".", storeFolder] = process.argv;
const folders = platformFolders(root, storeFolder);
mkdirSync(folders.state, { recursive: true });
await runPlatform(folders, async () => {
  const guard = await startGuard();
  const postgres = await startPostgres({ stateFolder: join(folders.state, "postgres"), guard });
  return { guard, postgres, images: createImageStore(folders.images), store: new FileObjectStore(folders.objects) };
});
