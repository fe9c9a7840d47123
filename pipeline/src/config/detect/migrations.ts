import type { MigrationsProposal, Proposal } from "./proposal.ts";
import { nothingProposed } from "./proposal.ts";
import { folderOf, joined, type RepositoryLook, readSources } from "./repository-look.ts";

type Migrations = Pick<Proposal, "findings" | "migrations">;
const knexStep =
  /\bexports\.up\b|\bexport\s+(?:async\s+)?(?:function|const)\s+up\b|\bup\s*[:(]\s*(?:async\b|function\b|knex)/;

/** A folder of Knex migrations, or one of plain SQL files; what other tools keep is named, but not taken. */
export function findMigrations(look: RepositoryLook): Migrations {
  return findKnex(look) ?? findSql(look) ?? nothingProposed;
}

function findKnex(look: RepositoryLook): Migrations | null {
  const knexfile = look.files.find((file) => /(?:^|\/)knexfile\.[cm]?[jt]s$/.test(file));
  const named = knexfile ? /directory\s*:\s*["'`]([^"'`]+)["'`]/.exec(look.read(knexfile) ?? "")?.[1] : undefined;
  const configured = knexfile && named && !named.includes("..") ? joined(folderOf(knexfile), named) : null;
  const steps = look.files.filter(
    (file) => /(?:^|\/)migrations\/[^/]+\.[cm]?[jt]s$/.test(file) || inFolder(file, configured),
  );
  const ours = steps.filter((file) => /\.[cm]?[jt]s$/.test(file) && knexStep.test(look.read(file) ?? ""));
  const folder = configured && ours.some((file) => inFolder(file, configured)) ? configured : folderOf(ours[0] ?? "");
  if (folder === "") return null;
  return sighted(
    look,
    "knex",
    folder,
    ours.filter((file) => inFolder(file, folder)),
  );
}

function findSql(look: RepositoryLook): Migrations | null {
  const numbered = look.files.filter((file) => /(?:^|\/)[0-9]{3,}_[^/]+\.sql$/.test(file));
  const [first] = numbered.filter((file) => folderOf(file) !== "");
  if (!first) return null;
  const folder = folderOf(first);
  const ours = numbered.filter((file) => inFolder(file, folder));
  if (ours.some((file) => /\.(?:up|down)\.sql$/.test(file))) {
    const seen = "pairs of up and down files; Slipway takes one NNNN_name.sql a step";
    return { findings: [{ source: `${folder}/`, seen, key: "migrations", certain: false }], migrations: null };
  }
  return sighted(look, "sql", folder, ours);
}

function sighted(look: RepositoryLook, engine: "knex" | "sql", folder: string, files: readonly string[]): Migrations {
  const newest = files
    .map((file) => file.slice(folder.length + 1).replace(/\.[a-z]+$/, ""))
    .toSorted()
    .at(-1);
  const count = files.length === 1 ? "1 file" : `${files.length} files`;
  const seen = `${engine === "knex" ? "Knex" : "plain SQL"}, ${count}, newest ${newest}`;
  const database = databaseVariable(look);
  const migrations: MigrationsProposal = { engine, folder, database };
  const findings = [{ source: `${folder}/`, seen, key: "migrations", certain: true }];
  if (database) {
    findings.push({ source: "sources", seen: `read ${database}`, key: "migrations.database", certain: true });
  }
  return { findings, migrations };
}

/** Another name than DATABASE_URL for the database's address; null when it is that, or none is read. */
function databaseVariable(look: RepositoryLook): string | null {
  const sources = readSources(look, "");
  if (sources.some((source) => /\bDATABASE_URL\b/.test(source))) return null;
  for (const source of sources) {
    const name = /\b(POSTGRES_URL|POSTGRES_URI|PG_URL|DB_URL|DATABASE_URI|[A-Z]+_DATABASE_URL)\b/.exec(source)?.[1];
    if (name) return name;
  }
  return null;
}

const inFolder = (file: string, folder: string | null): boolean => folder !== null && folderOf(file) === folder;
