import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

/** How long a router in front may go on using a connection that it holds, before the listener goes. */
const lameDuckMilliseconds = 200;

/**
 * Makes a server that can end without failing a request. What is returned ends it: first every answer, also of a
 * request that is under way, says `Connection: close`, so that kept connections wind down; then nothing new is accepted
 * and what is under way is finished.
 */
export function makeDrainable(server: Server): () => Promise<void> {
  const underWay = new Set<ServerResponse>();
  let draining = false;
  server.prependListener("request", (_request: IncomingMessage, response: ServerResponse) => {
    if (draining) response.setHeader("Connection", "close");
    underWay.add(response);
    response.once("close", () => underWay.delete(response));
  });
  return async () => {
    draining = true;
    for (const response of underWay) if (!response.headersSent) response.setHeader("Connection", "close");
    await delay(lameDuckMilliseconds);
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    await closed;
  };
}
