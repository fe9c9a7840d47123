import { type Config, parseConfig } from "./config.ts";
import { openDatabase } from "./database.ts";
import { createLog, type Log } from "./log.ts";
import { dieOf, stopOnSignal } from "./signals.ts";
import { produceStatement } from "./statements/produce.ts";
import { createQueue, type StatementJob, statementQueue } from "./statements/queue.ts";

const drainMilliseconds = 8_000;

async function main(config: Config, log: Log): Promise<void> {
  const database = openDatabase(config.databaseUrl, log, 4);
  const queue = createQueue(database, log, { supervise: true });
  await queue.start();
  await queue.work<StatementJob>(statementQueue, { pollingIntervalSeconds: 0.5 }, async (jobs) => {
    for (const { id, data } of jobs) {
      log.info({ job: id, statement: data.statement }, "statement: begun");
      const outcome = await produceStatement(database, data.statement);
      log.info({ job: id, statement: data.statement, outcome }, "statement: ended");
    }
  });
  log.info(config.version, "working");
  stopOnSignal(log, async () => {
    // Takes no new job and waits for the one under way.
    await queue.stop({ graceful: true, timeout: drainMilliseconds });
    await database.destroy();
  });
}

const log = createLog("worker");
try {
  const config = parseConfig(process.env);
  log.level = config.logLevel;
  await main(config, log);
} catch (error) {
  dieOf(log, error);
}
