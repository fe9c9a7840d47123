import { mkdirSync } from "node:fs";
import { startGuard } from "../src/local/guard/guard.ts";
import { createImageStore } from "../src/local/image-store.ts";
import { FileObjectStore } from "../src/local/object-store.ts";
import { platformFolders } from "../src/local/platform/folders.ts";
import { runPlatform } from "../src/local/platform/run-platform.ts";

/* The platform's program with a database that nobody asks: for tests of everything else, which start it by the dozen. */
const [, , root = ".", storeFolder] = process.argv;
const folders = platformFolders(root, storeFolder);
mkdirSync(folders.state, { recursive: true });
await runPlatform(folders, async () => ({
  guard: await startGuard(),
  postgres: {
    port: 5_432,
    pid: process.pid,
    version: "0.0",
    url: (database) => `postgres://nobody:a-password-of-tests@127.0.0.1:5432/${database}`,
    ensureDatabase: async () => undefined,
    stop: async () => undefined,
  },
  images: createImageStore(folders.images),
  store: new FileObjectStore(folders.objects),
}));
