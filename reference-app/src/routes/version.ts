import Router from "@koa/router";
import type { Config } from "../config.ts";

export function versionRoutes(version: Config["version"]): Router {
  const router = new Router();
  router.get("/version", (context) => {
    context.set("Cache-Control", "no-store");
    context.body = version;
  });
  return router;
}
