import { readFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import type { BatchEntry } from "../batch-file.ts";
import { findScriptProblem, runsInTransaction } from "./check-script.ts";
import { messageOf, RunnerFailure } from "./failure.ts";
import { cancelStatement, guardStatements, type RawConnection } from "./raw-connection.ts";
import type { Engine, Explanation, LoadedMigration, Row, Session, StatementGuard, Statements } from "./session.ts";
import { lineAt, splitStatements } from "./sql-script.ts";

/** Plain SQL, sent as it is written; the driver is inside the bundle, so that any app in any language can have it. */
export const sqlEngine: Engine<string> = { name: "sql", version: "", load, connect };

async function load(root: string, path: string, entry: BatchEntry): Promise<LoadedMigration<string>> {
  const sql = await readFile(join(root, path), "utf8");
  const problem = findScriptProblem(sql);
  if (problem !== null) {
    const { message, statement, line } = problem;
    throw new RunnerFailure("refused", {
      code: "unsupported",
      message,
      migration: entry.name,
      statement,
      file: path,
      line,
    });
  }
  return { entry, path, transactional: runsInTransaction(sql), file: sql };
}

async function connect(address: string, guard: StatementGuard): Promise<Session<string>> {
  const client = new pg.Client({
    connectionString: address,
    application_name: "slipway-migrate",
    connectionTimeoutMillis: 15_000,
    keepAlive: true,
  });
  client.on("error", () => undefined); // the statement under way, or the next one, fails with it
  await client.connect();
  const raw = client as unknown as RawConnection;
  guardStatements(raw, guard);
  const statements = statementsOf(client);
  return {
    ...statements,
    transaction: async (work) => {
      await client.query("begin");
      try {
        await work(statements);
        await client.query("commit");
      } catch (error) {
        await client.query("rollback").catch(() => undefined); // a lost connection has rolled back by itself
        throw error;
      }
    },
    explain,
    cancel: () => cancelStatement(raw),
    close: () => client.end(),
  };
}

/** Where in its file a failed statement begins, and whether positions count from there. */
interface Failed {
  readonly start: number | null;
  readonly alone: boolean;
}
const failures = new WeakMap<object, Failed>();

function remember(error: unknown, failed: Failed): void {
  if (typeof error === "object" && error !== null) failures.set(error, failed);
}

const statementsOf = (client: pg.Client): Statements<string> => ({
  query: async (text, values = []) => (await client.query(text, [...values])).rows as Row[],
  apply: ({ file, transactional }) => (transactional ? sendWhole(client, file) : sendOneByOne(client, file)),
});

async function sendWhole(client: pg.Client, file: string): Promise<void> {
  // Not every error has a position; the statements that completed before it say which one it was.
  let completed = 0;
  const count = () => {
    completed += 1;
  };
  const { connection } = client as unknown as { readonly connection: NodeJS.EventEmitter };
  connection.on("commandComplete", count);
  try {
    await client.query(file);
  } catch (error) {
    remember(error, { start: splitStatements(file)[completed]?.start ?? null, alone: false });
    throw error;
  } finally {
    connection.off("commandComplete", count);
  }
}

/** Several statements in one message are one transaction to the server. */
async function sendOneByOne(client: pg.Client, file: string): Promise<void> {
  for (const { text, start } of splitStatements(file)) {
    try {
      await client.query(text);
    } catch (error) {
      remember(error, { start, alone: true });
      throw error;
    }
  }
}

function explain(error: unknown, { file }: LoadedMigration<string>): Explanation {
  const failed = typeof error === "object" && error !== null ? failures.get(error) : undefined;
  const message = messageOf(error);
  const index = indexOf(error, file, failed ?? { start: null, alone: false });
  if (index === null) return { message, statement: null, line: null };
  const statement = splitStatements(file).findLast(({ start }) => start <= index);
  return { message, statement: statement?.text ?? null, line: lineAt(file, index) };
}

function indexOf(error: unknown, file: string, { start, alone }: Failed): number | null {
  if (!(error instanceof pg.DatabaseError) || error.position === undefined) return start;
  return unitsOf(file, alone ? (start ?? 0) : 0, Number(error.position) - 1);
}

/** The server counts characters, JavaScript UTF-16 units. */
const unitsOf = (file: string, start: number, characters: number): number =>
  start + [...file.slice(start)].slice(0, characters).join("").length;
