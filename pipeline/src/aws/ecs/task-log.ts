import { type CloudWatchLogsClient, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { PortError } from "../../errors.ts";
import { awsCodeOf } from "../aws-error.ts";

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
