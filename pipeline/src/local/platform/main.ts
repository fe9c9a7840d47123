import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startGuard } from "../guard/guard.ts";
import { createImageStore } from "../image-store.ts";
import { FileObjectStore } from "../object-store.ts";
import { keepPostgres } from "../postgres/kept-postgres.ts";
import { platformFolders } from "./folders.ts";
import { runPlatform } from "./run-platform.ts";

/* The background process of `promote local`: arguments are the folder of slipway.yaml and the store's folder. */
const [, , root = ".", storeFolder] = process.argv;
const folders = platformFolders(root, storeFolder);
mkdirSync(folders.state, { recursive: true });
await runPlatform(folders, async () => {
  const guard = await startGuard();
  const tell = (line: string) => void process.stdout.write(`${new Date().toISOString()} ${line}\n`);
  const postgres = await keepPostgres({ stateFolder: join(folders.state, "postgres"), guard }, tell);
  return { guard, postgres, images: createImageStore(folders.images), store: new FileObjectStore(folders.objects) };
});
