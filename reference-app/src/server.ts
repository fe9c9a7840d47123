import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createApp } from "./app.ts";
import { type Config, parseConfig } from "./config.ts";
import { openDatabase } from "./database.ts";
import { makeDrainable } from "./drain.ts";
import { createLog, type Log } from "./log.ts";
import { dieOf, stopOnSignal } from "./signals.ts";
import { createQueue } from "./statements/queue.ts";

async function main(config: Config, log: Log): Promise<void> {
  const database = openDatabase(config.databaseUrl, log);
  const queue = createQueue(database, log, { supervise: false });
  const app = createApp({ database, log, version: config.version, queue: () => queue.start() });
  const server = createServer(app.callback());
  const drain = makeDrainable(server);
  server.listen(config.port, () => {
    const { port } = server.address() as AddressInfo;
    log.info({ port, ...config.version }, "listening");
  });
  server.on("error", (error) => dieOf(log, error));
  stopOnSignal(log, async () => {
    await drain();
    await queue.stop({ graceful: true, timeout: 1_000 });
    await database.destroy();
  });
}

const log = createLog("api");
try {
  const config = parseConfig(process.env);
  log.level = config.logLevel;
  await main(config, log);
} catch (error) {
  dieOf(log, error);
}
