import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { objectStoreContract } from "../../test/contract/object-store.contract.ts";
import { FileObjectStore } from "./object-store.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "slipway-objects-"));
});
afterAll(() => rm(folder, { recursive: true }));

objectStoreContract("files", async () => new FileObjectStore(await mkdtemp(join(folder, "store-"))));
