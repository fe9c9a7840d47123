import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Knex } from "knex";
import type { BatchEntry } from "../batch-file.ts";
import { migrationName } from "../migration-name.ts";
import { messageOf, RunnerFailure } from "./failure.ts";
import { cancelStatement, guardStatements, type RawConnection } from "./raw-connection.ts";
import type { Engine, Explanation, LoadedMigration, Row, Session, StatementGuard, Statements } from "./session.ts";

type Up = (knex: Knex) => unknown;
type MakeKnex = (config: Knex.Config) => Knex;

/** The image's own knex runs its migrations; nothing of knex is in the bundle. @throws RunnerFailure `input` without one */
export function knexEngine(root: string, folder: string): Engine<Up> {
  const { make, version } = loadKnex(root, folder);
  return { name: "knex", version, load, connect: (address, guard) => connect(make, address, guard) };
}

function loadKnex(root: string, folder: string): { readonly make: MakeKnex; readonly version: string } {
  for (const from of [join(root, "package.json"), join(root, folder, "package.json")]) {
    const require = createRequire(from);
    let version: string;
    try {
      ({ version } = require("knex/package.json") as { version: string });
    } catch {
      continue;
    }
    if (Number.parseInt(version, 10) < 3) {
      throw new RunnerFailure("refused", {
        code: "input",
        message: `knex ${version} is too old: 3 or newer is needed`,
      });
    }
    const module = require("knex") as MakeKnex & { readonly default?: MakeKnex };
    return { make: module.default ?? module, version };
  }
  throw new RunnerFailure("refused", { code: "input", message: "the image holds no knex: add it to its files" });
}

async function load(root: string, path: string, entry: BatchEntry): Promise<LoadedMigration<Up>> {
  const refuse = (message: string) =>
    new RunnerFailure("refused", { code: "not-loadable", message, migration: entry.name, file: path });
  let module: Readonly<Record<string, unknown>>;
  try {
    module = (await import(pathToFileURL(join(root, path)).href)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw refuse(`it cannot be loaded: ${messageOf(error)}`);
  }
  const exported = typeof module.up === "function" ? module : module.default;
  if (!isRecord(exported) || typeof exported.up !== "function") throw refuse("it exports no function `up`");
  const config = exported.config;
  const transactional = !(isRecord(config) && config.transaction === false);
  return { entry, path, transactional, file: exported.up as Up };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  (typeof value === "object" || typeof value === "function") && value !== null;

async function connect(make: MakeKnex, address: string, guard: StatementGuard): Promise<Session<Up>> {
  let raw: RawConnection | null = null;
  const knex = make({
    client: "pg",
    connection: { connectionString: address, application_name: "slipway-migrate", keepAlive: true },
    acquireConnectionTimeout: 15_000,
    asyncStackTraces: true, // the line of the migration that issued a query
    compileSqlOnError: false, // values of a failed statement are nobody's business
    log: { warn() {}, error() {}, debug() {}, deprecate() {} },
    pool: {
      min: 1,
      max: 1,
      afterCreate: (connection: RawConnection, done: (error: Error | null, connection?: unknown) => void) => {
        // The lock lives in the first one's session: work on a second would not be covered by it.
        if (raw !== null) return done(new Error("the connection to the database was lost; a second one is not opened"));
        raw = connection;
        guardStatements(connection, guard);
        done(null, connection);
      },
    },
  });
  const texts = new WeakMap<object, string>();
  knex.on("query-error", (error: unknown, { sql }: { sql: string }) => {
    if (typeof error === "object" && error !== null) texts.set(error, sql);
  });
  try {
    await knex.raw("select 1");
  } catch (error) {
    await knex.destroy().catch(() => undefined);
    throw error;
  }
  return {
    ...statementsOf(knex),
    transaction: (work) => knex.transaction((trx) => work(statementsOf(trx))),
    explain: (error, migration) => explain(error, migration, texts),
    cancel: async () => {
      if (raw !== null) await cancelStatement(raw);
    },
    close: () => knex.destroy(),
  };
}

const statementsOf = (knex: Knex): Statements<Up> => ({
  query: async (text, values = []) => {
    const { rows } = (await knex.raw(text.replaceAll(/\$\d+/g, "?"), values as Knex.RawBinding[])) as { rows: Row[] };
    return rows;
  },
  apply: async ({ file: up }) => {
    await up(knex);
  },
});

function explain(error: unknown, { path }: LoadedMigration<Up>, texts: WeakMap<object, string>): Explanation {
  const statement = (typeof error === "object" && error !== null ? texts.get(error) : undefined) ?? null;
  const message = messageOf(error);
  const prefix = `${statement} - `; // knex puts the statement before the server's words
  return {
    message: message.startsWith(prefix) ? message.slice(prefix.length) : message,
    statement,
    line: error instanceof Error ? lineIn(error.stack ?? "", path) : null,
  };
}

/** The innermost frame of the migration; by name, since a source map may name the .ts that the .js was made of. */
function lineIn(stack: string, path: string): number | null {
  for (const [, file = "", line] of stack.matchAll(/([^\s()]+):(\d+):\d+\)?$/gm)) {
    if (migrationName(basename(file)) === migrationName(path)) return Number(line);
  }
  return null;
}
