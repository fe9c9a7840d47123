import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import type { Release } from "./kills-app.ts";
import type { LedgerCheck } from "./ledger-check.ts";
import type { Found } from "./processes.ts";
import { variablesOf } from "./processes.ts";
import type { Seen } from "./world-check.ts";

const answerMilliseconds = 5_000;

/** Gives the check those records that it has not had. */
export function readLedger(environment: string, check: LedgerCheck): void {
  const folder = join(environment, "history");
  const names = readdirSync(folder).toSorted();
  for (const name of names.slice(check.seq)) check.add(name, readFileSync(join(folder, name)));
}

/** Asks the world for all that is checked. @throws Error for what does not answer, or cannot be read */
export async function readWorld(
  place: { readonly url: string; readonly objects: string; readonly environment: string },
  release: Release,
  family: readonly Found[],
): Promise<Seen> {
  const services = family
    .filter(({ role }) => role === "service")
    .map(({ pid, words }) => ({ name: words.includes("server.js") ? "api" : "worker", variables: variablesOf(pid) }));
  const pointer = JSON.parse(newestOf(place.environment, "current.json")).standing;
  return {
    version: JSON.parse(await ask(`${place.url}/version`)),
    page: await ask(`${place.url}/`),
    asset: await ask(`${place.url}/assets/app-${release.name}.js`),
    services: Object.fromEntries(
      services.map(({ name, variables }) => [
        name,
        { sha: variables.SLIPWAY_SHA ?? "", image: variables.SLIPWAY_IMAGE ?? "" },
      ]),
    ),
    manifest: newestOf(join(place.objects, "releases", release.sha), "release.json"),
    pointer: { seq: pointer.seq, head: pointer.head },
    ...(await readDatabase(services[0]?.variables.DATABASE_URL ?? "")),
  };
}

async function ask(url: string): Promise<string> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(answerMilliseconds) });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`GET ${url}: ${answer.status} ${text.slice(0, 200)}`);
  return text;
}

/** Versions of an object lie beside each other. */
function newestOf(folder: string, name: string): string {
  const versions = readdirSync(folder).flatMap((file) =>
    file.startsWith(`${name}@`) ? [Number(file.split("@")[1])] : [],
  );
  return readFileSync(join(folder, `${name}@${Math.max(...versions)}`), "utf8");
}

async function readDatabase(url: string): Promise<Pick<Seen, "effects" | "journal" | "halfRun" | "fence">> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: answerMilliseconds });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const effects = await client.query("select name from effects order by id");
    const journal = await client.query("select name, applied_at is null as half from slipway_migrations order by name");
    const fence = await client.query("select epoch from slipway_fence");
    return {
      effects: effects.rows.map(({ name }) => name),
      journal: journal.rows.flatMap(({ name, half }) => (half ? [] : [name])),
      halfRun: journal.rows.flatMap(({ name, half }) => (half ? [name] : [])),
      fence: Number(fence.rows[0]?.epoch ?? 0),
    };
  } finally {
    await client.end().catch(() => undefined);
  }
}
