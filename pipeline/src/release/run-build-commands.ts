import type { Command } from "../config/config.ts";
import { RefusalError } from "../errors.ts";
import type { EmitBuild } from "../events.ts";
import type { Checkout, CommitFacts, DraftPorts } from "./build-ports.ts";

/** Runs them in order, until one fails. @throws RefusalError `build-failed` with its last 20 lines */
export async function runBuildCommands(
  ports: DraftPorts,
  checkout: Checkout,
  commands: readonly Command[],
  commit: CommitFacts,
  signal: AbortSignal | undefined,
  emit: EmitBuild,
): Promise<void> {
  const variables = { SLIPWAY_SHA: commit.sha, SOURCE_DATE_EPOCH: String(commit.committedAt) };
  for (const command of commands) {
    const tail: string[] = [];
    const result = await checkout.run(
      command,
      variables,
      (raw) => {
        const line = ports.redact(raw);
        if (tail.push(line) > 20) tail.shift();
        emit({ type: "build:log", line });
      },
      signal,
    );
    signal?.throwIfAborted();
    if (result.exitCode === 0) continue;
    throw new RefusalError({
      code: "build-failed",
      message: `${ports.redact(command.join(" "))} ${result.because ?? "failed"}. Nothing was published.`,
      evidence: tail,
    });
  }
}
