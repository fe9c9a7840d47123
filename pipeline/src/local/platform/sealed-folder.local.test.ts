import { chmod, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { serviceOf } from "../../../test/builders.ts";
import { permitOf, usePlatform } from "../../../test/platform-fixture.ts";
import { tinyService, tinyShape } from "../../../test/tiny-service.ts";
import { until } from "../../../test/until.ts";
import type { Revision, ServiceLook } from "../../ports.ts";
import { proves } from "../../promotion/judge-rollout.ts";

const platform = usePlatform();
const api = serviceOf("api");
const permit = permitOf(1);
const unpacked = (revision: Revision): string =>
  join(platform.root, ".slipway/platform/images", revision.image.slice("sha256:".length));
const inspect = async () => (await platform.ports()).services.inspect(api);

async function run(revision: Revision): Promise<void> {
  await (await platform.ports()).services.roll(tinyShape(), revision, permit);
  await until(inspect, (look) => proves(look, revision) && look.rollout?.phase === "drained");
}
async function edit(revision: Revision): Promise<void> {
  const [name = ""] = (await readdir(unpacked(revision))).toSorted();
  const path = join(unpacked(revision), name);
  await chmod(path, 0o644);
  await writeFile(path, "\n// edited\n", { flag: "a" });
}

test("a service whose files were edited runs other bytes, and the same order puts the right ones in place", async () => {
  const revision = await platform.revision("a1", await platform.image(tinyService("well")));
  await run(revision);
  await edit(revision);
  const look = await until(inspect, ({ tasks }) => tasks.some(({ image }) => image !== revision.image));
  expect(proves(look, revision)).toBe(false);
  expect(look.tasks[0]?.edited).toEqual({ image: revision.image, path: "server.cjs" });
  await run(revision);
});

test("nothing is started from edited files: after a restart of the platform they are the image's again", async () => {
  const revision = await platform.revision("a2", await platform.image(tinyService("well")));
  await run(revision);
  await platform.stop();
  await edit(revision);
  await platform.start();
  await until(inspect, (look) => proves(look, revision));
  expect((await readdir(join(unpacked(revision), ".."))).filter((name) => name.endsWith(".edited"))).toHaveLength(1);
});

test("a service that renews a file it was shipped with, as it starts, is never taken for the image's", async () => {
  const { "server.cjs": server = "" } = tinyService("well");
  const renews = `require("node:fs").writeFileSync("new", "two"); require("node:fs").renameSync("new", "cache.txt");${server}`;
  const revision = await platform.revision("a4", await platform.image({ "server.cjs": renews, "cache.txt": "one" }));
  await (await platform.ports()).services.roll(tinyShape(), revision, permit);
  const looks: ServiceLook[] = [];
  await until(inspect, (look) => looks.push(look) > 0 && look.rollout?.phase === "drained");
  expect(looks.filter((look) => proves(look, revision))).toEqual([]);
  expect(looks.at(-1)?.tasks.at(-1)?.edited?.path).toBe("cache.txt");
});

test("files that a service writes beside its own, and new times on its own, are no edit", async () => {
  const revision = await platform.revision("a3", await platform.image(tinyService("well")));
  await run(revision);
  await writeFile(join(unpacked(revision), "cache.tmp"), "x");
  const [name = ""] = (await readdir(unpacked(revision))).toSorted();
  await chmod(join(unpacked(revision), name), 0o600);
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  expect(proves(await inspect(), revision)).toBe(true);
});
