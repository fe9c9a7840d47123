import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { Task } from "@aws-sdk/client-ecs";
import { PortError } from "../../errors.ts";
import type { Digest } from "../../identifiers.ts";
import type { RolloutCause } from "../../ports.ts";
import { askAws } from "../aws-error.ts";
import type { DefinitionMeaning } from "./definition-meaning.ts";
import type { Rollout } from "./rollout.ts";
import { type StoppedTask, stoppedOf } from "./rollout-causes.ts";
import { logPlaceOf, readLastLines } from "./task-log.ts";
import type { TaskTemplate } from "./task-template.ts";

const keptLogLines = 50;

/** Why tasks of a rollout failed, with the last lines of the one that failed last. */
export class CauseReader {
  readonly #logs: CloudWatchLogsClient;
  readonly #templateOf: (digest: Digest) => Promise<TaskTemplate>;
  /** Of a task that has stopped, by ARN. */
  readonly #lines = new Map<string, readonly string[]>();

  constructor(logs: CloudWatchLogsClient, templateOf: (digest: Digest) => Promise<TaskTemplate>) {
    this.#logs = logs;
    this.#templateOf = templateOf;
  }

  /** Oldest first. @throws PortError */
  async read(
    tasks: readonly Task[],
    rollout: Rollout | null,
    meanings: ReadonlyMap<string, DefinitionMeaning>,
  ): Promise<readonly RolloutCause[]> {
    if (rollout === null || rollout.phase === "drained") return [];
    const stopped = stoppedOf(tasks.filter(({ startedBy }) => startedBy === rollout.deployment));
    const newest = stopped.at(-1);
    const log = newest === undefined ? [] : await this.#logOf(newest, meanings);
    return stopped.map((one) => causeOf(one, one === newest ? log : []));
  }

  async #logOf(
    { task, kind }: StoppedTask,
    meanings: ReadonlyMap<string, DefinitionMeaning>,
  ): Promise<readonly string[]> {
    const arn = task.taskArn ?? "";
    const template = meanings.get(task.taskDefinitionArn ?? "")?.revision?.template;
    if (kind === "never-started" || template === undefined) return [];
    const known = this.#lines.get(arn);
    if (known !== undefined) return known;
    const place = logPlaceOf(await this.#templateOf(template), task);
    if (place === null) return [];
    const read = () => readLastLines(this.#logs, place, keptLogLines);
    // That a log cannot be read must not hide why the task stopped.
    const lines = await askAws("services.inspect", arn, "reads", read).catch((error: unknown) => {
      if (error instanceof PortError) return [`its log cannot be read: ${error.message}`];
      throw error;
    });
    this.#lines.set(arn, lines);
    return lines;
  }
}

const causeOf = ({ task, kind, message }: StoppedTask, log: readonly string[]): RolloutCause => ({
  task: task.taskArn?.slice(task.taskArn.lastIndexOf("/") + 1) ?? "",
  kind,
  message,
  log,
});
