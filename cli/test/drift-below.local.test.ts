import { join } from "node:path";
import { type EnvironmentName, readStanding } from "@slipway/pipeline";
import { FileObjectStore } from "@slipway/pipeline/local";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ScratchApp } from "./scratch-app.ts";
import { setServiceBack } from "./set-service-back.ts";

const dev = "dev" as EnvironmentName;
let app: ScratchApp;
let second = "";

beforeAll(async () => {
  app = await ScratchApp.create();
  const first = app.commit("First");
  await succeed(["build"]);
  await succeed(["--sha", first, "--env", "dev"]);
  app.serve("2");
  second = app.commit("Second");
  await succeed(["build"]);
  await succeed(["--sha", second, "--env", "dev"]);
}, 180_000);
afterAll(() => app.remove(), 60_000);

async function succeed(args: readonly string[]): Promise<void> {
  const ran = await app.promote(args);
  if (ran.exit !== 0) throw new Error(`${args.join(" ")}: ${ran.err}`);
}

test("nothing goes up from an environment that somebody else put on other bytes, until it is as recorded again", async () => {
  const enter = ["--sha", second, "--env", "staging"];
  expect(await app.json(["explain", ...enter])).toMatchObject({ exit: 0, document: { decision: "allowed" } });
  await setServiceBack(app.root, "dev", "api");
  const before = app.listing();
  const refused = {
    exit: 3,
    document: {
      reasons: [
        { code: "order", kind: "no", message: expect.stringMatching(/dev is not as epoch 2 left it: drift: api runs/) },
      ],
    },
  };
  expect(await app.json(["explain", ...enter])).toMatchObject(refused);
  expect(await app.json(enter)).toMatchObject({
    ...refused,
    document: {
      ...refused.document,
      next: expect.arrayContaining(["promote verify --env dev", `promote --sha ${second} --env dev`]),
    },
  });
  expect(app.listing()).toEqual(before);
  const { document } = await app.json(["status"]);
  expect(document).toMatchObject({
    environments: [
      { env: "dev", state: "drift" },
      { env: "staging", next: { decision: "refused", reasons: [{ code: "order" }] } },
      {},
    ],
  });
  await succeed(["--sha", second, "--env", "dev"]);
  expect(await app.json(["explain", ...enter])).toMatchObject({ exit: 0, document: { decision: "allowed" } });
  // Since when it was not there nobody knows.
  const { document: soaked } = await app.json(["history", "--env", "dev", "--verify"]);
  expect(soaked).toMatchObject({ exit: 0 });
  const store = new FileObjectStore(join(app.root, ".slipway/objects"));
  expect((await readStanding(store, dev)).good.map(({ leftBy }) => leftBy)).toEqual([null, "drifted", "replaced"]);
});

test("what the ledger below refuses is refused with the platform down too, and starts nothing", async () => {
  app.serve("3");
  const third = app.commit("Third");
  await succeed(["build"]);
  await succeed(["local", "stop"]);
  const before = app.listing();
  expect(await app.json(["--sha", third, "--env", "staging"])).toMatchObject({
    exit: 3,
    document: { reasons: expect.arrayContaining([expect.objectContaining({ code: "order", kind: "no" })]) },
  });
  expect(app.listing()).toEqual(before);
  expect((await app.json(["local", "status"])).document).toMatchObject({ running: false });
});

test("where the environment below cannot be looked at, that is unknown, and no yes", async () => {
  const { exit, document } = await app.json(["explain", "--sha", second, "--env", "staging"]);
  expect(exit).toBe(7);
  expect(document).toMatchObject({
    decision: "unknown",
    reasons: expect.arrayContaining([expect.objectContaining({ code: "order", kind: "unknown" })]),
  });
  await succeed(["--sha", second, "--env", "staging"]);
});
