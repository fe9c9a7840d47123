import type { TimelineDocument } from "../../src/board/documents.ts";
import { type TimelineHours, timelineHours } from "../route/route.ts";

const hour = 3_600_000;
const week = 168;

/** The shortest length up to a week that shows all that is told, so that a young ladder does not stand at the edge of an empty week. */
export function lengthFor(document: TimelineDocument): TimelineHours {
  const begins = document.environments.flatMap(({ runs, epochs }) => [
    ...runs.map(({ from }) => Date.parse(from)),
    ...epochs.map(({ startedAt }) => Date.parse(startedAt)),
  ]);
  if (begins.length === 0) return week;
  const age = Date.parse(document.until) - Math.min(...begins);
  return timelineHours.find((hours) => hours <= week && age < hours * hour) ?? week;
}

/** The last hours of what was asked for. */
export function lastHours(document: TimelineDocument, hours: TimelineHours): TimelineDocument {
  const from = Date.parse(document.until) - hours * hour;
  if (from <= Date.parse(document.from)) return document;
  return {
    ...document,
    from: new Date(from).toISOString(),
    environments: document.environments.map((environment) => ({
      ...environment,
      runs: environment.runs.filter(({ until }) => until === null || Date.parse(until) > from),
      epochs: environment.epochs.filter(({ startedAt, endedAt }) => Date.parse(endedAt ?? startedAt) >= from),
    })),
    freezes: document.freezes.filter(({ until }) => Date.parse(until) > from),
  };
}
