import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { localDatabaseUrl, platformStatus } from "@slipway/pipeline/local";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { countCases } from "../../../pipeline/test/hostile/count-cases.ts";
import { TinyApp } from "../tiny-app.ts";
import { call, type Said } from "./disk-world.ts";
import { type Harm, harm, harms, lookAt } from "./harms.ts";

countCases("disk-platform", "files of the platform and its database, each edited, torn, emptied, lost, or replaced");

let app: TinyApp;
let sha = "";
const promote = (...argv: readonly string[]): Promise<Said> => call(app.folder, argv);
const own = (...parts: readonly string[]): string => join(app.folder, ".slipway/platform", ...parts);
beforeAll(async () => {
  app = await TinyApp.make();
  sha = (await app.git("rev-parse", "HEAD")).trim();
  await must("build");
}, 60_000);
afterAll(() => app?.remove(), 60_000);

async function must(...argv: readonly string[]): Promise<Said> {
  const said = await promote(...argv);
  expect(said.exit, `promote ${argv.join(" ")}\n${said.text}`).toBe(0);
  return said;
}
function noBug({ exit, text }: Said): void {
  expect(exit, text).not.toBe(1);
  expect(text).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
}
/** The doctor says NO, and what there is to say. */
async function no(...told: readonly string[]): Promise<void> {
  const said = await promote("doctor");
  noBug(said);
  expect(said.exit, said.text).toBe(3);
  for (const one of told) expect(said.text).toContain(one);
}

/** Once services that were started again count as healthy. */
const settled = (...argv: readonly string[]): Promise<void> =>
  expect.poll(async () => (await promote(...argv)).exit, { timeout: 20_000, interval: 200 }).toBe(0) as Promise<void>;

/** Harms one file while `work` runs, and puts it back as it was, with its owner. */
async function harmed(path: string, how: Harm, work: () => Promise<void>): Promise<void> {
  const kept = `${path}.kept`;
  renameSync(path, kept);
  try {
    writeFileSync(path, readFileSync(kept));
    harm(path, how, own("scratch"));
    const was = lookAt(path);
    await work();
    expect(lookAt(path)).toBe(was);
  } finally {
    rmSync(path, { recursive: true, force: true });
    renameSync(kept, path);
  }
}

describe("the port of an environment, before its first promotion", () => {
  it("that a stranger has is named with the stranger, and with the way on", async () => {
    const stranger = createServer();
    const port = app.port + 1;
    await new Promise<void>((resolve) => stranger.listen(port, "127.0.0.1", resolve));
    try {
      const who = process.platform === "linux" ? `, pid ${process.pid},` : "another program";
      await no(`dev is to be served on 127.0.0.1:${port}: `, who, "end that program", "set local.port");
    } finally {
      await new Promise((resolve) => stranger.close(resolve));
    }
    await must("doctor");
  });

  it("is no stranger's once the platform serves there", async () => {
    await must("--sha", sha, "--env", "dev");
    expect((await must("doctor")).text).toMatch(new RegExp(`OK +ports +${app.port + 1}, `));
  }, 60_000);
});

describe("the address of a running platform", () => {
  it.each(harms.filter((how) => how !== "a link to a copy"))("%s is named, and not overwritten", async (how) => {
    const address = own("platform.json");
    await harmed(address, how, async () => {
      for (const argv of [["status"], ["local", "status"], ["verify", "--env", "dev"]]) noBug(await promote(...argv));
      expect((await promote("verify", "--env", "dev")).exit).not.toBe(0);
      await no(address, "does not tell where it is reached", "promote local stop");
    });
    await must("doctor");
  });

  it("lost, is another one after what the doctor says", async () => {
    const { pid } = (await platformStatus(app.folder)) ?? { pid: 0 };
    rmSync(own("platform.json"));
    await no(`pid ${pid}`, "promote local stop", "promote local start");
    await must("local", "stop");
    await must("local", "start");
    expect((await platformStatus(app.folder))?.pid).not.toBe(pid);
    await settled("verify", "--env", "dev");
    await must("doctor");
  }, 60_000);
});

describe("what the platform is told to run", () => {
  it("torn, is named by the next start, and not overwritten", async () => {
    const state = own("environments/dev/state.json");
    await must("local", "stop");
    await harmed(state, "torn", async () => {
      const said = await promote("local", "start");
      noBug(said);
      expect(said.exit, said.text).toBe(2);
      expect(said.text).toContain(state);
      expect(said.text).toContain("remove that file, then the same command");
    });
    await must("local", "start");
    await settled("verify", "--env", "dev");
  }, 60_000);
});

async function asked(statement: string): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: (await localDatabaseUrl(app.folder, "dev" as never)) ?? "" });
  try {
    await client.connect();
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

/** Where the files of the local databases are. */
let cluster = "";
describe("the local databases", () => {
  beforeAll(async () => {
    const rows = (await asked("select setting from pg_settings where name = 'data_directory'")) as {
      setting: string;
    }[];
    cluster = join(rows[0]?.setting ?? "", "..");
    await asked("insert into notes (body) values ('kept')");
    await must("local", "stop");
  }, 60_000);

  /** What Postgres alone can tell: a file of the right size. */
  const isSeen = (name: string, how: Harm): boolean =>
    how !== "a link to a copy" && !(name === "data/global/pg_control" && how === "edited");
  const cases = ["password", "data/PG_VERSION", "data/global/pg_control"].flatMap((name) =>
    harms.filter((how) => isSeen(name, how)).map((how) => ({ name, how })),
  );
  it.each(cases)("without their $name, $how, are named, and not overwritten", async ({ name, how }) => {
    const path = join(cluster, name);
    await harmed(path, how, async () => {
      await no(path, "put it back from a copy", "promote local stop --purge");
      if (how !== "lost") return;
      const said = await promote("local", "start");
      noBug(said);
      expect(said.exit, said.text).toBe(2);
      expect(said.text).toContain(path);
    });
  });

  const put: Readonly<Record<string, (path: string) => void>> = {
    "gone as a whole": () => undefined,
    "replaced by a file": (path) => writeFileSync(path, ""),
  };
  it.each(Object.keys(put))(
    "%s, are not replaced by empty ones",
    async (name) => {
      renameSync(cluster, `${cluster}-kept`);
      try {
        put[name]?.(cluster);
        await no(cluster);
        for (const argv of [
          ["local", "start"],
          ["--sha", await aNewSha(), "--env", "dev"],
        ]) {
          const said = await promote(...argv);
          noBug(said);
          expect(said.exit, said.text).not.toBe(0);
          expect(said.text).toContain(cluster);
        }
        expect(existsSync(join(cluster, "data"))).toBe(false);
      } finally {
        rmSync(cluster, { recursive: true, force: true });
        renameSync(`${cluster}-kept`, cluster);
      }
    },
    60_000,
  );

  it("that another user's folder holds are named when that note is damaged", async () => {
    const note = own("postgres/cluster-id");
    if (!existsSync(note)) return expect(process.getuid?.()).not.toBe(0);
    for (const how of harms.filter((one) => one !== "a link to a copy"))
      await harmed(note, how, () => no(note, "put it back from a copy"));
  }, 60_000);

  it("have all that was stored once everything is back", async () => {
    await must("local", "start");
    expect(await asked("select body from notes")).toEqual([{ body: "kept" }]);
    await settled("doctor");
  }, 60_000);

  it("whose server is dead are named with it", async () => {
    const server = async () => (await platformStatus(app.folder))?.postgres.pid ?? 0;
    // Each start of one that ends at once comes later than the one before.
    let pid = 0;
    for (let kill = 0; kill < 4; kill += 1) {
      await expect.poll(server, { timeout: 20_000, interval: 20 }).not.toBe(pid);
      pid = await server();
      process.kill(pid, "SIGKILL");
    }
    await no(`pid ${pid}, does not answer on port`, "promote local stop", "promote local start");
    await settled("doctor");
  }, 60_000);
});

it("what the doctor says without a copy leads to an environment that runs", async () => {
  await must("local", "stop");
  rmSync(cluster, { recursive: true });
  await no(cluster, "promote local stop --purge, then promote again");
  await must("local", "stop", "--purge");
  await must("--sha", await app.git("rev-parse", "HEAD").then((text) => text.trim()), "--env", "dev");
  await must("doctor");
}, 60_000);

let newSha: Promise<string> | null = null;
/** Of a release that runs nowhere. */
function aNewSha(): Promise<string> {
  newSha ??= app.commitPages("new").then(async (made) => {
    await must("build");
    return made;
  });
  return newSha;
}
