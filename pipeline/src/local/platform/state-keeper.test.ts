import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { environmentOf } from "../../../test/builders.ts";
import { StateKeeper } from "./state-keeper.ts";

let path = "";
let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "slipway-test-state-"));
  path = join(folder, "dev", "state.json");
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const open = () => StateKeeper.open(path, environmentOf("dev"), 4_601);

test("what was changed is there when it is opened again, whatever was changed at once", async () => {
  const keeper = await open();
  await Promise.all(Array.from({ length: 50 }, () => keeper.change((state) => ({ ...state, fence: state.fence + 1 }))));
  expect((await open()).current).toMatchObject({ environment: "dev", port: 4_601, fence: 50 });
});

test.for([
  { name: "a text that is not JSON", text: "{" },
  { name: "an empty file", text: "" },
  { name: "another format", text: '{"version":2}' },
])("$name is not guessed at", async ({ text }) => {
  await open().then((keeper) => keeper.save());
  await writeFile(path, text);
  await expect(open()).rejects.toThrow("cannot be read");
});
