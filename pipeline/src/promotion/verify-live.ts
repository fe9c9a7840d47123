import type { FailureCode } from "../codes.ts";
import { PortError } from "../errors.ts";
import type { EnvironmentPorts, Probe, ProbeAnswer, TaskLook } from "../ports.ts";
import type { ServiceShape, SmokeCheck } from "../release/manifest.ts";
import type { WebFile, WebFileList } from "../web/file-list.ts";
import { proves, provesGone } from "./judge-rollout.ts";
import type { EnvironmentState } from "./plan.ts";
import { sameWeb } from "./plan-steps.ts";

/** One thing looked at. `unknown` is never merged with `no`. */
export interface Check {
  readonly part: "service" | "web" | "entry" | "smoke";
  readonly name: string;
  readonly status: "yes" | "no" | "unknown";
  readonly code: FailureCode;
  readonly message: string;
}
export interface LiveVerdict {
  readonly status: "yes" | "no" | "unknown";
  readonly checks: readonly Check[];
  readonly summary: string;
}

export interface LiveQuestion {
  readonly ports: EnvironmentPorts;
  readonly state: EnvironmentState;
  /** Entries that the live web must serve. */
  readonly web: WebFileList | null;
  readonly shapeOf: (service: string) => ServiceShape | null;
  /** False: the target has no address, so entries and smoke checks cannot be asked and are not claimed. */
  readonly reachable: boolean;
  /** Called before the looks that an outcome rests on: from this moment on nothing older is claimed. */
  readonly looking?: () => void;
}

/** A site of thousands of pages is asked for this many of them; the summary says how many of how many. */
const mostEntries = 300;
const atOnce = 8;

/**
 * Looks once at everything that a promotion promised. Read-only. What runs is looked at last: a smoke check may take seconds, in which somebody
 * else may change what answered it.
 */
export async function verifyLive(question: LiveQuestion): Promise<LiveVerdict> {
  const entries = question.reachable ? await checkEntries(question) : [];
  const smoke = question.reachable ? await checkSmoke(question) : [];
  question.looking?.();
  const [services, web] = await Promise.all([
    Promise.all(
      Object.entries(question.state.services).map(([name, revision]) => checkService(question, name, revision)),
    ),
    checkPointer(question),
  ]);
  return verdictOf([...services, ...web, ...entries, ...smoke], question);
}

async function checkService(
  question: LiveQuestion,
  name: string,
  revision: EnvironmentState["services"][string],
): Promise<Check> {
  const at = { part: "service", name, code: "digest-mismatch" } as const;
  try {
    const look = await question.ports.services.inspect(name as ServiceShape["name"]);
    if (!revision)
      return provesGone(look)
        ? { ...at, status: "yes", message: "gone" }
        : { ...at, status: "no", message: "still runs" };
    const tasks = look.tasks.filter((task) => task.health !== "draining");
    const right = tasks.filter((task) => task.image === revision.image && task.health === "healthy").length;
    const counted =
      look.tasksWanted === 0 && tasks.length === 0
        ? "idle"
        : `${right} of ${Math.max(tasks.length, look.tasksWanted)} tasks run ${revision.image.slice(0, 19)}`;
    const message = `${counted}${changedIn(tasks)}`;
    if (proves(look, revision)) return { ...at, status: "yes", message };
    const silent = tasks.some((task) => task.image === null);
    return { ...at, status: silent ? "unknown" : "no", code: silent ? "could-not-tell" : at.code, message };
  } catch (error) {
    return unreadable(at, error);
  }
}

/** Words for a file of theirs that was changed since they were started. */
function changedIn(tasks: readonly TaskLook[]): string {
  const path = tasks.find(({ edited }) => edited)?.edited?.path;
  return path === undefined ? "" : `, ${path} is not the image's`;
}

/** Asked also where no pages are promised: a release that was superseded may have left its own. */
async function checkPointer(question: LiveQuestion): Promise<readonly Check[]> {
  const check = await lookAtPointer(question);
  return check.status === "yes" && !question.state.web ? [] : [check];
}

async function lookAtPointer(question: LiveQuestion): Promise<Check> {
  const at = { part: "web", name: "pointer", code: "web-mismatch" } as const;
  try {
    const live = await question.ports.web.readLive();
    const right = sameWeb(live.web, question.state.web);
    return {
      ...at,
      status: right ? "yes" : "no",
      message: right ? "as published" : `serves ${live.web?.sha ?? "nothing"}`,
    };
  } catch (error) {
    return unreadable(at, error);
  }
}

async function checkEntries(question: LiveQuestion): Promise<readonly Check[]> {
  if (!question.state.web) return [];
  if (!question.web) return [unlisted];
  const entries = question.web.files.filter((file) => file.role === "entry").slice(0, mostEntries);
  const checks: Check[] = [];
  for (let index = 0; index < entries.length; index += atOnce) {
    checks.push(
      ...(await Promise.all(
        entries.slice(index, index + atOnce).map((entry) => checkEntry(question.ports.probe, entry)),
      )),
    );
  }
  return checks;
}

const unlisted: Check = {
  part: "entry",
  name: "entries",
  status: "unknown",
  code: "could-not-tell",
  message: "the list of the files that should be served cannot be read",
};

async function checkEntry(probe: Probe, entry: WebFile): Promise<Check> {
  const at = { part: "entry", name: `/${entry.path}`, code: "web-mismatch" } as const;
  try {
    const answer = await probe.ask("GET", `/${encodeURI(entry.path)}`);
    if (answer === "unreachable") return unreached(at);
    const right = answer.status === 200 && answer.sha256 === entry.sha256;
    return {
      ...at,
      status: right ? "yes" : "no",
      message: right ? "as published" : `answers ${answer.status}, ${answer.sha256.slice(0, 19)}`,
    };
  } catch (error) {
    return unreadable(at, error);
  }
}

async function checkSmoke(question: LiveQuestion): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const [name, revision] of Object.entries(question.state.services)) {
    if (!revision) continue;
    for (const smoke of question.shapeOf(name)?.smoke ?? [])
      checks.push(await checkOne(question.ports.probe, smoke, revision.sha));
  }
  return checks;
}

async function checkOne(probe: Probe, smoke: SmokeCheck, sha: string): Promise<Check> {
  const at = { part: "smoke", name: `${smoke.method} ${smoke.path}`, code: "smoke-failed" } as const;
  try {
    const answer = await probe.ask(smoke.method, smoke.path);
    if (answer === "unreachable") return unreached(at);
    const problem = smokeProblem(answer, smoke, sha);
    return { ...at, status: problem ? "no" : "yes", message: problem ?? `${smoke.status}` };
  } catch (error) {
    return unreadable(at, error);
  }
}

function smokeProblem(answer: Exclude<ProbeAnswer, "unreachable">, smoke: SmokeCheck, sha: string): string | null {
  if (answer.status !== smoke.status) return `wants ${smoke.status}: got ${answer.status}`;
  const text = smoke.text?.replaceAll("{sha}", sha) ?? null;
  return text !== null && !answer.body.includes(text)
    ? `${smoke.status}, without ${JSON.stringify(text)} in the body`
    : null;
}

/** Whether it is down, or we are cut off, cannot be told from here. */
const unreached = ({ part, name }: Pick<Check, "part" | "name">): Check => ({
  part,
  name,
  status: "unknown",
  code: "could-not-tell",
  message: "unreachable",
});

function unreadable(at: Pick<Check, "part" | "name">, error: unknown): Check {
  if (!(error instanceof PortError)) throw error;
  return { part: at.part, name: at.name, status: "unknown", code: "could-not-tell", message: error.message };
}

function verdictOf(checks: readonly Check[], question: LiveQuestion): LiveVerdict {
  const status = checks.some((check) => check.status === "no")
    ? "no"
    : checks.some((check) => check.status === "unknown")
      ? "unknown"
      : "yes";
  const count = (part: Check["part"], noun: string) => {
    const of = checks.filter((check) => check.part === part);
    return of.length === 0 ? [] : [`${of.filter((check) => check.status === "yes").length} of ${of.length} ${noun}`];
  };
  const parts = [...count("service", "services"), ...count("entry", "entries"), ...count("smoke", "smoke checks")];
  const asked = question.reachable ? parts : [...parts, "no address to ask"];
  return { status, checks, summary: asked.join(", ") || "nothing to check" };
}
