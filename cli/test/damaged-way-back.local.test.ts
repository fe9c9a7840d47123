import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { TinyApp } from "./tiny-app.ts";

let app: TinyApp;
let oldest: string;
let last: string;
let manifest: string;
let bytes: string;

beforeAll(async () => {
  app = await TinyApp.make();
  oldest = await promoted((await app.git("rev-parse", "HEAD")).trim());
  last = await promoted(await app.commitPages("2"));
  await promoted(await app.commitPages("3"));
  manifest = join(app.folder, ".slipway/objects/releases", last, "release.json@1");
  bytes = await readFile(manifest, "utf8");
}, 180_000);
afterAll(() => app.remove(), 60_000);
beforeEach(() => writeFile(manifest, bytes));

async function promoted(sha: string): Promise<string> {
  expect((await app.promote("build", "--json")).exit).toBe(0);
  expect((await app.promote("--sha", sha, "--env", "dev", "--json")).exit).toBe(0);
  return sha;
}

test.each([
  { code: "release-corrupt", harm: () => writeFile(manifest, bytes.slice(0, -40)) },
  { code: "release-missing", harm: () => rm(manifest) },
])(
  "a rollback whose last good release is damaged names it, and where it may lead instead: $code",
  async ({ code, harm }) => {
    await harm();
    const next = [
      `promote rollback --env dev --to ${oldest}`,
      `promote build --sha ${last}`,
      "promote doctor --env dev",
    ];
    expect(await app.promote("rollback", "--env", "dev", "--yes", "--json")).toMatchObject({
      exit: 3,
      document: { to: last, reasons: [{ code, message: expect.any(String) }], next },
    });
    const { stderr } = await app.promote("rollback", "--env", "dev", "--yes");
    expect(stderr).toContain(`Refused: dev may not go back to ${last}. 1 reason. Nothing was changed.\n`);
    expect(stderr).toMatch(new RegExp(`^Nearest +${oldest}, ran in dev 20\\S+ to 20\\S+$`, "m"));
    expect(stderr).toContain(`Next     ${next.join("\n         ")}\n`);
  },
  60_000,
);

test("without another good release it says how the damaged one is mended", async () => {
  await rm(manifest);
  const other = join(app.folder, ".slipway/objects/releases", oldest, "release.json@1");
  const kept = await readFile(other);
  await rm(other);
  const { document } = await app.promote("rollback", "--env", "dev", "--yes", "--json");
  expect(document).toMatchObject({ next: [`promote build --sha ${last}`, "promote doctor --env dev"] });
  await writeFile(other, kept);
  const mended = await app.promote("build", "--sha", last, "--json");
  expect(mended.exit).toBe(0);
  expect((await app.promote("rollback", "--env", "dev", "--yes", "--json")).exit).toBe(0);
}, 60_000);
