import { join } from "node:path";
import knex, { type Knex } from "knex";

const app = join(import.meta.dirname, "..");

/** For development and tests; in an environment Slipway runs the folder. @returns the names that were applied now. */
export async function migrate(url: string, directory = join(app, "migrations")): Promise<readonly string[]> {
  return withKnex(url, async (database) => {
    const [, names] = (await database.migrate.latest({ directory, loadExtensions: [".ts"] })) as [number, string[]];
    return names;
  });
}

export async function seed(url: string): Promise<void> {
  await withKnex(url, (database) => database.seed.run({ directory: join(app, "seeds"), loadExtensions: [".ts"] }));
}

async function withKnex<T>(url: string, work: (database: Knex) => Promise<T>): Promise<T> {
  const database = knex({
    client: "pg",
    connection: { connectionString: url },
    pool: { min: 0, max: 1 },
    // What fails is thrown; knex would print it as well.
    log: { error: () => undefined, warn: () => undefined },
  });
  try {
    return await work(database);
  } finally {
    await database.destroy();
  }
}

if (import.meta.main) {
  const url = process.env.DATABASE_URL;
  if (url === undefined) throw new Error("DATABASE_URL says which database");
  if (process.argv.includes("--seed")) await seed(url);
  else process.stdout.write(`applied: ${(await migrate(url)).join(", ") || "nothing new"}\n`);
}
