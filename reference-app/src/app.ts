import { bodyParser } from "@koa/bodyparser";
import Koa from "koa";
import type { Config } from "./config.ts";
import type { Database } from "./database.ts";
import type { Log } from "./log.ts";
import { answerProblems } from "./problem.ts";
import { entryRoutes } from "./routes/entries.ts";
import { healthRoutes } from "./routes/health.ts";
import { projectRoutes } from "./routes/projects.ts";
import { type StatementSender, statementRoutes } from "./routes/statements.ts";
import { versionRoutes } from "./routes/version.ts";

export interface AppParts {
  readonly database: Database;
  readonly log: Log;
  readonly version: Config["version"];
  /** Connected on first use: an API that nobody asks for statements needs no queue. */
  readonly queue: () => Promise<StatementSender>;
}

export function createApp({ database, log, version, queue }: AppParts): Koa {
  const app = new Koa();
  app.use(answerProblems(log));
  app.use(bodyParser({ enableTypes: ["json"], jsonLimit: "64kb" }));
  for (const router of [
    healthRoutes(database),
    versionRoutes(version),
    projectRoutes(database),
    entryRoutes(database),
    statementRoutes(database, queue),
  ]) {
    app.use(router.routes());
    app.use(router.allowedMethods({ throw: true }));
  }
  app.on("error", (error: unknown) => log.error({ err: error }, "response"));
  return app;
}
