/** What the page shows, as its address says it after `#`: a link opens the same view. */
export interface Route {
  readonly panel: Panel | null;
  /** Length of the timeline; null: nobody chose one, and the data do. */
  readonly hours: TimelineHours | null;
}

export type TimelineHours = 1 | 24 | 168 | 720 | 2160;
/** An hour, a day, 7, 30 and 90 days. */
export const timelineHours: readonly TimelineHours[] = [1, 24, 168, 720, 2160];
export type FigureName = "deploys" | "lead-time" | "change-failure" | "recovery";
export type FigureDays = 30 | 90;

/** A step of an epoch: what goes back is counted by itself. */
export interface StepName {
  readonly n: number;
  readonly back: boolean;
}

/** At most one is open. */
export type Panel =
  | { readonly kind: "releases" }
  | { readonly kind: "release"; readonly sha: string }
  | { readonly kind: "why"; readonly env: string; readonly sha: string | null; readonly asOf: string | null }
  | { readonly kind: "epoch"; readonly env: string; readonly epoch: number; readonly log: StepName | null }
  | { readonly kind: "figure"; readonly figure: FigureName; readonly days: FigureDays };

const figureNames: ReadonlySet<string> = new Set<FigureName>(["deploys", "lead-time", "change-failure", "recovery"]);
const isEnvironment = (text: string | undefined): text is string =>
  text !== undefined && /^[a-z][a-z0-9-]*$/.test(text);
const isSha = (text: string | null | undefined): text is string =>
  typeof text === "string" && /^[0-9a-f]{40}$/.test(text);
const numberIn = (text: string | null | undefined): number | null =>
  typeof text === "string" && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;

/** Whatever is not understood is the page without a panel. */
export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#/, "").split("?", 2);
  const values = new URLSearchParams(query);
  const hours =
    timelineHours.find((one) => lengthQuery(one).every(([name, value]) => values.get(name) === value)) ?? null;
  return { panel: parsePanel(path.split("/").slice(1), values), hours };
}

const lengthQuery = (hours: TimelineHours): readonly (readonly [name: string, value: string])[] =>
  hours < 24 ? [["hours", String(hours)]] : [["days", String(hours / 24)]];

function parsePanel([kind, first, second]: readonly string[], values: URLSearchParams): Panel | null {
  switch (kind) {
    case "releases":
      return { kind };
    case "release":
      return isSha(first) ? { kind, sha: first } : null;
    case "why":
      return isEnvironment(first)
        ? { kind, env: first, sha: shaIn(values.get("sha")), asOf: instantIn(values.get("as-of")) }
        : null;
    case "epoch": {
      const epoch = numberIn(second);
      return isEnvironment(first) && epoch !== null
        ? { kind, env: first, epoch, log: stepIn(values.get("log")) }
        : null;
    }
    case "figure": {
      const days = second === "30" ? 30 : second === "90" ? 90 : null;
      return first !== undefined && figureNames.has(first) && days !== null
        ? { kind, figure: first as FigureName, days }
        : null;
    }
    default:
      return null;
  }
}

const shaIn = (text: string | null): string | null => (isSha(text) ? text : null);

function instantIn(text: string | null): string | null {
  const milliseconds = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(milliseconds) ? null : new Date(milliseconds).toISOString();
}

function stepIn(text: string | null): StepName | null {
  const n = numberIn(text?.replace(/^back-/, ""));
  return n === null ? null : { n, back: text?.startsWith("back-") ?? false };
}

/** The address of a view, from `#` on; the inverse of `parseRoute`. */
export function hrefOf({ panel, hours }: Route): string {
  const values = new URLSearchParams();
  if (panel?.kind === "why" && panel.sha !== null) values.set("sha", panel.sha);
  if (panel?.kind === "why" && panel.asOf !== null) values.set("as-of", panel.asOf);
  if (panel?.kind === "epoch" && panel.log !== null)
    values.set("log", `${panel.log.back ? "back-" : ""}${panel.log.n}`);
  if (hours !== null) for (const [name, value] of lengthQuery(hours)) values.set(name, value);
  return `#/${pathOf(panel)}${values.size > 0 ? `?${values}` : ""}`;
}

function pathOf(panel: Panel | null): string {
  switch (panel?.kind) {
    case undefined:
      return "";
    case "releases":
      return "releases";
    case "release":
      return `release/${panel.sha}`;
    case "why":
      return `why/${panel.env}`;
    case "epoch":
      return `epoch/${panel.env}/${panel.epoch}`;
    case "figure":
      return `figure/${panel.figure}/${panel.days}`;
  }
}

/** The same panel, perhaps with something else inside: another time, another log. */
export const samePanel = (one: Panel | null, other: Panel | null): boolean => pathOf(one) === pathOf(other);
