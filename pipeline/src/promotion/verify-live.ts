import type { FailureCode } from "../codes.ts";
import { PortError } from "../errors.ts";
import type { Digest, Sha } from "../identifiers.ts";
import { count, countRunning } from "../policy/spell.ts";
import type { EnvironmentPorts, Probe, ProbeAnswer, Revision, ServiceLook, TaskLook } from "../ports.ts";
import type { ServiceShape, SmokeCheck } from "../release/manifest.ts";
import type { WebFile, WebFileList } from "../web/file-list.ts";
import { askedEntries } from "./asked-entries.ts";
import { isOn, proves, provesGone } from "./judge-rollout.ts";
import type { EnvironmentState } from "./plan.ts";
import { sameWeb } from "./plan-steps.ts";

/** One thing looked at. `unknown` is never merged with `no`. */
export interface Check {
  readonly part: "service" | "web" | "entry" | "smoke";
  readonly name: string;
  readonly status: "yes" | "no" | "unknown";
  readonly code: FailureCode;
  readonly message: string;
  /** All that runs is right, and a task was started besides: autoscaling, or a replacement. */
  readonly isStarting?: boolean;
  /** What a service has instead of what it should; absent: nothing, or it is not told. */
  readonly runs?: RunningInstead;
}
interface RunningInstead {
  readonly image: Digest;
  /** Null: it is not what the service is set to run. */
  readonly sha: Sha | null;
  readonly tasks: number;
  readonly of: number;
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
    const right = tasks.filter((task) => isOn(task, revision) && task.health === "healthy").length;
    const counted =
      look.tasksWanted === 0 && tasks.length === 0
        ? "idle"
        : `${countRunning(right, Math.max(tasks.length, look.tasksWanted))} ${revision.image.slice(0, 19)}`;
    const message = `${counted}${changedIn(tasks)}`;
    if (proves(look, revision)) return { ...at, status: "yes", message };
    if (isStarting(look, tasks, revision))
      return { ...at, status: "unknown", code: "could-not-tell", message, isStarting: true };
    const silent = tasks.some((task) => task.image === null);
    if (silent) return { ...at, status: "unknown", code: "could-not-tell", message };
    const instead = runningInstead(look, tasks, revision);
    return { ...at, status: "no", message, ...(instead ? { runs: instead } : {}) };
  } catch (error) {
    return unreadable(at, error);
  }
}

/** A task that has only just been started is no other one, and cannot be well yet. */
function isStarting(look: ServiceLook, tasks: readonly TaskLook[], revision: Revision): boolean {
  const begun = tasks.filter(
    ({ health, image }) => health === "starting" && (image === null || image === revision.image),
  );
  const others = tasks.filter((task) => !begun.includes(task));
  return begun.length > 0 && others.length > 0 && proves({ ...look, tasks: others }, revision);
}

/** The image of the first task that has another one than it should, and of which no file was changed. */
function runningInstead(
  { wanted, tasksWanted }: ServiceLook,
  tasks: readonly TaskLook[],
  revision: Revision,
): RunningInstead | null {
  const image = tasks.find((task) => task.image !== null && task.image !== revision.image && !task.edited)?.image;
  if (!image) return null;
  const sha = wanted !== null && wanted !== "unknown-revision" && wanted.image === image ? wanted.sha : null;
  const running = tasks.filter((task) => task.image === image && task.health === "healthy").length;
  return { image, sha, tasks: running, of: Math.max(tasks.length, tasksWanted) };
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
  const entries = askedEntries(question.web);
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
  const counted = (part: Check["part"], noun: string, many?: string) => {
    const of = checks.filter((check) => check.part === part);
    const right = of.filter((check) => check.status === "yes").length;
    return of.length === 0 ? [] : [`${right} of ${count(of.length, noun, many)}`];
  };
  const parts = [
    ...counted("service", "service"),
    ...counted("entry", "entry", "entries"),
    ...counted("smoke", "smoke check"),
  ];
  const asked = question.reachable ? parts : [...parts, "no address to ask"];
  return { status, checks, summary: asked.join(", ") || "nothing to check" };
}
