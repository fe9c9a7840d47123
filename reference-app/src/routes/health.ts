import Router from "@koa/router";
import type { Database } from "../database.ts";
import { readReadiness } from "../readiness.ts";

/** `/healthz`: the process is alive. `/readyz`: it may be given traffic. */
export function healthRoutes(database: Database): Router {
  const router = new Router();
  router.get("/healthz", (context) => {
    context.body = { status: "alive" };
  });
  router.get("/readyz", async (context) => {
    const readiness = await readReadiness(database);
    context.status = readiness.ready ? 200 : 503;
    context.body = readiness;
  });
  return router;
}
