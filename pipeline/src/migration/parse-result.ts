import { type RunnerResult, runnerResultMarker, runnerResultSchema } from "./batch.ts";

/** In characters, with the marker. A thousand migrations with their hashes take a fifth of it. */
export const longestResult = 1_000_000;

/**
 * What the runner reported: its last line with the marker. A migration may print anything, so an earlier line never
 * counts, and a last one that is no whole result is none: null, which is no proof of success.
 */
export function readRunnerResult(lines: readonly string[]): RunnerResult | null {
  const line = lines.findLast((text) => text.startsWith(runnerResultMarker));
  if (line === undefined || line.length > longestResult) return null;
  const parsed = runnerResultSchema.safeParse(parseJson(line.slice(runnerResultMarker.length)));
  return parsed.success && agrees(parsed.data) ? parsed.data : null;
}

/** Done and a failure exclude each other. */
const agrees = (result: RunnerResult): boolean => (result.status === "done") === (result.failure === null);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
