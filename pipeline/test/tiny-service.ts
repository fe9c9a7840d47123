import type { ServiceShape } from "../src/release/manifest.ts";
import { aService } from "./builders.ts";

/** How the tiny service behaves. */
export type TinyMode = "well" | "unhealthy" | "exits" | "slow";

/**
 * One HTTP server in one file, with nothing but Node: `/api/echo` gives the body back, `/api/slow` takes 400 ms, `/api/crash`
 * ends the process, `/api/variables` tells what it was given, and everything else says which SHA it is.
 */
export const tinyService = (mode: TinyMode = "well"): Readonly<Record<string, string>> => ({
  "server.cjs": `
const http = require("node:http");
const mode = ${JSON.stringify(mode)};
if (mode === "exits") { console.error("cannot read the settings"); process.exit(3); }
const server = http.createServer((request, answer) => {
  if (request.url === "/readyz") { answer.statusCode = mode === "unhealthy" ? 503 : 200; return answer.end("ready"); }
  if (request.url === "/api/echo") return request.pipe(answer);
  if (request.url === "/api/crash") process.exit(9);
  if (request.url === "/api/variables") return answer.end(JSON.stringify(process.env));
  const say = () => answer.end(process.env.SLIPWAY_SHA);
  if (request.url === "/api/slow" || mode === "slow") setTimeout(say, 400); else say();
});
server.on("upgrade", (request, socket) => {
  socket.write("HTTP/1.1 101 Switching Protocols\\r\\nconnection: upgrade\\r\\nupgrade: echo\\r\\n\\r\\n");
  socket.pipe(socket);
});
server.listen(Number(process.env.PORT), "127.0.0.1", () => console.log("listening", process.env.PORT));
process.on("SIGTERM", () => { server.close(() => process.exit(0)); server.closeIdleConnections(); });
`,
});

export const tinyShape = (fields: Partial<ServiceShape> = {}): ServiceShape =>
  aService({
    run: ["node", "server.cjs"],
    paths: ["/api/*", "/version"],
    startTimeoutSeconds: 15,
    drainTimeoutSeconds: 5,
    ...fields,
  });
