import { chmodSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { countCases } from "../../../pipeline/test/hostile/count-cases.ts";
import { DiskWorld, type Said } from "./disk-world.ts";
import { type Copy, copyOf, type Harm, harm, harms, lookAt, putBack } from "./harms.ts";
import { type Place, places } from "./places.ts";

countCases("disk-faults", "stored files, each edited, torn, emptied, lost, made a folder or a link");

let world: DiskWorld;
beforeAll(async () => {
  world = await DiskWorld.make();
}, 120_000);
afterAll(() => world?.app.remove(), 60_000);

interface Finding {
  readonly verdict: string;
  readonly text: string;
  readonly next: readonly string[];
}
interface Examined extends Said {
  readonly findings: readonly Finding[];
}
async function doctor(): Promise<Examined> {
  const said = await world.promote("doctor", "--json");
  const at = said.text.indexOf('{"');
  const document = JSON.parse(said.text.slice(at === -1 ? said.text.indexOf("{") : at)) as { findings?: Finding[] };
  return { ...said, findings: document.findings ?? [] };
}

const noBug = ({ exit, text }: Said): void => {
  expect(exit, text).not.toBe(1);
  expect(text).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
};

async function green(): Promise<void> {
  const examined = await doctor();
  expect(examined.exit, examined.text).toBe(0);
}

/** What the doctor said to do: the first command of each finding, as typed. */
async function follow(examined: Examined): Promise<void> {
  const commands = examined.findings
    .filter(({ verdict }) => verdict !== "ok")
    .flatMap(({ next }) => next.find((one) => one.startsWith("promote ")) ?? []);
  expect(commands, examined.text).not.toEqual([]);
  for (const command of new Set(commands)) await world.must(...command.split(" ").slice(1));
}

const ways: Readonly<Record<string, (copy: Copy, examined: Examined) => Promise<unknown>>> = {
  next: (_, examined) => follow(examined),
  copy: async (copy) => putBack(copy),
  promote: () => world.must("--sha", world.shas.runs, "--env", "dev"),
  "remove and build": async ({ path }, examined) => {
    expect(examined.text).toContain("remove it, since it never ran");
    rmSync(path);
    await world.must("build", "--sha", world.shas.newest);
  },
};

async function check(place: Place, how: Harm): Promise<void> {
  const path = place.file(world);
  const copy = copyOf(path);
  harm(path, how, world.path("objects/.tmp"));
  const harmed = lookAt(path);
  const isUnseen = place.unseen?.includes(how) ?? false;
  try {
    for (const argv of [...place.dependents(world), ...(isUnseen ? [] : (place.changes?.(world) ?? []))]) {
      const said = await world.promote(...argv);
      noBug(said);
      if (isUnseen) continue;
      expect(said.exit, `promote ${argv.join(" ")}\n${said.text}`).not.toBe(0);
      expect(said.text).toMatch(place.named);
    }
    for (const argv of [["status"], ["history", "--verify"]]) noBug(await world.promote(...argv));
    const examined = await doctor();
    noBug(examined);
    expect(lookAt(path)).toBe(harmed);
    if (isUnseen) {
      putBack(copy);
    } else {
      expect(place.doctorExits ?? [3], examined.text).toContain(examined.exit);
      expect(examined.text).toMatch(place.named);
      await ways[place.back(how, world)]?.(copy, examined);
      if (place.back(how, world) === "next") notOverwritten(path, harmed);
    }
    await green();
  } finally {
    putBack(copy);
  }
}

/** What is put back lies beside it: as a newer version, or where it was after the damaged one was set aside. */
function notOverwritten(path: string, harmed: string): void {
  if (/@\d+$/.test(path) && harmed !== "nothing") expect(lookAt(path)).toBe(harmed);
}

describe.each(places)("$name", (place) => {
  it.each(harms)("%s is noticed, named and mended", (how) => check(place, how));
  it("hinders no promotion and no rollback once it is mended", async () => {
    await world.must("verify", "--sha", world.shas.runs);
    await world.must("verify", "--env", "dev");
    await world.must("history", "--verify");
    await world.must("plan", "--sha", world.shas.newest, "--env", "dev");
  });
});

describe("what the platform has on its own disk", () => {
  it("is compared before anything is said of it: an edited file of a service", async () => {
    const folder = world.path("platform/images", world.release(world.shas.runs).images.api.digest.slice(7));
    const copy = copyOf(join(folder, "server.js"));
    chmodSync(copy.path, 0o644);
    harm(copy.path, "edited", "");
    // The platform looks at files of its own now and then only.
    await expect.poll(async () => (await world.promote("verify", "--env", "dev")).exit, { timeout: 20_000 }).toBe(3);
    const examined = await doctor();
    expect(examined.exit, examined.text).toBe(3);
    expect(examined.text).toContain("promote verify --env dev");
    await world.must("--sha", world.shas.runs, "--env", "dev", "--override", "drifted", "--reason", "a test");
    await world.must("--sha", world.shas.runs, "--env", "staging", "--override", "drifted", "--reason", "a test");
    await green();
  });
});

it("a promotion and a rollback work after all of it", async () => {
  await world.must("--sha", world.shas.newest, "--env", "dev");
  await world.must("rollback", "--env", "dev", "--to", world.shas.runs);
  await green();
});
