import type { RunnerResult } from "../../src/migration/batch.ts";
import { knexEngine } from "../../src/migration/runner/knex-engine.ts";
import { runTask } from "../../src/migration/runner/run-task.ts";
import { sqlEngine } from "../../src/migration/runner/sql-engine.ts";
import { readTaskInput } from "../../src/migration/runner/task-input.ts";
import { Termination } from "../../src/migration/runner/termination.ts";
import type { Answer, Message, Order } from "./attempt.ts";

/*
 * A process that runs the migration runner as often as it is told to, several at once on connections of their own, until
 * it is killed. Its orders come over the channel of whoever started it, and it ends with that one.
 */
const terminations = new Map<string, Termination>();

process.on("disconnect", () => process.exit(0));
process.on("message", (message: Message) => {
  if ("stop" in message) terminations.get(message.stop)?.request();
  else void carryOut(message.order);
});

async function carryOut({ id, root, env }: Order): Promise<void> {
  const termination = new Termination();
  terminations.set(id, termination);
  const lines: string[] = [];
  const result = await run(root, env, termination, (text) => lines.push(text));
  terminations.delete(id);
  process.send?.({ id, result, lines } satisfies Answer);
}

async function run(
  root: string,
  env: Order["env"],
  termination: Termination,
  say: (text: string) => void,
): Promise<RunnerResult> {
  const input = await readTaskInput(root, env);
  const task = { root, input, say, termination };
  if (input.batch.engine === "sql") return await runTask({ ...task, engine: sqlEngine });
  return await runTask({ ...task, engine: knexEngine(root, input.batch.folder) });
}
