import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createServer } from "vite";
import { webConfig } from "../build/web.ts";
import { migrate, seed } from "./migrate.ts";
import { startPostgres } from "./postgres.ts";

/** `npm run dev`: database, migrations, seeds, API and worker (restarted when a file changes), pages (updated in place). */
const app = join(import.meta.dirname, "..");
const apiPort = process.env.PORT ?? "3000";
const given = process.env.DATABASE_URL;
const running = new AsyncDisposableStack();

let stopping = false;
// On every signal, not the first alone: a terminal and npm both send one, and the second must not cut this short.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void stop());

const postgres = given === undefined ? running.use(await startPostgres()) : null;
const databaseUrl = postgres?.url ?? given ?? "";
await migrate(databaseUrl);
await seed(databaseUrl);
startService("src/server.ts");
startService("src/worker.ts");
const pages = await startPages(`http://127.0.0.1:${apiPort}`);
process.stdout.write(`\nChronoLedger   ${pages}\nAPI            port ${apiPort}\nDatabase       ${databaseUrl}\n\n`);

function startService(file: string): void {
  if (stopping) return;
  const env = { ...process.env, DATABASE_URL: databaseUrl, PORT: apiPort };
  const argv = ["--watch", "--watch-preserve-output", file];
  running.adopt(spawn(process.execPath, argv, { cwd: app, env, stdio: "inherit" }), end);
}

async function startPages(api: string): Promise<string> {
  const server = { port: 5173, proxy: { "/api": api, "/version": api } };
  const pages = await createServer({ ...webConfig(app, "development"), server });
  running.defer(() => pages.close());
  await pages.listen();
  return pages.resolvedUrls?.local[0] ?? "";
}

async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await running.disposeAsync();
  process.exit(0);
}

async function end(service: ChildProcess): Promise<void> {
  if (service.exitCode !== null || service.signalCode !== null) return;
  service.kill("SIGTERM");
  await once(service, "exit");
}
