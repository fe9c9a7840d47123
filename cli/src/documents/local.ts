import type { LocalLogsDocument } from "./schemas/local-logs.ts";
import type { LocalStartDocument } from "./schemas/local-start.ts";
import type { LocalStatusDocument } from "./schemas/local-status.ts";

export const localStartDocument = (
  { pid, started }: Pick<LocalStartDocument, "pid" | "started">,
  environments: LocalStartDocument["environments"],
): LocalStartDocument => ({ kind: "local-start", version: 1, pid, started, environments, exit: 0 });

export const localStatusDocument = (platform: LocalStatusDocument["platform"]): LocalStatusDocument => ({
  kind: "local-status",
  version: 1,
  running: platform !== null,
  platform,
  exit: 0,
});

export const localLogsDocument = (lines: LocalLogsDocument["lines"]): LocalLogsDocument => ({
  kind: "local-logs",
  version: 1,
  lines,
  exit: 0,
});
