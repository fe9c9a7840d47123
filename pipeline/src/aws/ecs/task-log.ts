import { type CloudWatchLogsClient, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import type { Task } from "@aws-sdk/client-ecs";
import { PortError } from "../../errors.ts";
import { awsCodeOf } from "../aws-error.ts";
import type { TaskTemplate } from "./task-template.ts";

export interface LogPlace {
  readonly group: string;
  readonly stream: string;
}
/** Of one log; a page has 10,000 lines or 1 MB at most. */
const mostPages = 1_000;

/**
 * Every line so far. A page may be empty although more follows: the end is where the token repeats
 * (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html). A stream is made by its first line.
 */
export async function readLog(client: CloudWatchLogsClient, { group, stream }: LogPlace): Promise<readonly string[]> {
  const lines: string[] = [];
  let token: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const input = { logGroupName: group, logStreamName: stream, startFromHead: true };
    const command = new GetLogEventsCommand({ ...input, ...(token === undefined ? {} : { nextToken: token }) });
    const answer = await client.send(command).catch((error: unknown) => {
      if (awsCodeOf(error) === "ResourceNotFoundException" && token === undefined) return null;
      throw error;
    });
    if (answer === null) return [];
    for (const { message } of answer.events ?? []) lines.push(message ?? "");
    if (answer.nextForwardToken === undefined || answer.nextForwardToken === token) return lines;
    token = answer.nextForwardToken;
  }
  throw new PortError("tasks.log", "none", `${stream} has more than ${mostPages} pages`);
}

/** The newest lines, oldest of them first; none where nothing was written. */
export async function readLastLines(
  client: CloudWatchLogsClient,
  { group, stream }: LogPlace,
  limit: number,
): Promise<readonly string[]> {
  try {
    const input = { logGroupName: group, logStreamName: stream, startFromHead: false, limit };
    const { events = [] } = await client.send(new GetLogEventsCommand(input));
    return events.map(({ message }) => message ?? "");
  } catch (error) {
    if (awsCodeOf(error) === "ResourceNotFoundException") return [];
    throw error;
  }
}

/** `<prefix>/<container>/<task id>` (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html); null: its log is nowhere. */
export function logPlaceOf({ containerDefinitions }: TaskTemplate, { taskArn }: Task): LogPlace | null {
  const own = containerDefinitions.find(({ image }) => image === undefined);
  const options = own?.logConfiguration?.logDriver === "awslogs" ? own.logConfiguration.options : undefined;
  const group = options?.["awslogs-group"];
  const prefix = options?.["awslogs-stream-prefix"];
  const id = taskArn?.split("/").at(-1);
  return own && group && prefix && id ? { group, stream: `${prefix}/${own.name}/${id}` } : null;
}
