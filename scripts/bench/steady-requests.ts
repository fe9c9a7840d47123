import { Agent, request } from "node:http";
import { parentPort, workerData } from "node:worker_threads";

/** What is asked, and how fast. A page names its release, and an asset that names the same one. */
export interface SteadyOrder {
  readonly origin: string;
  readonly perSecond: number;
  /** Any other answer is wrong. */
  readonly shas: readonly string[];
}
export interface SteadyReport {
  /** In which requests were sent. */
  readonly seconds: number;
  readonly sent: number;
  readonly right: number;
  /** By what was asked. */
  readonly sentByKind: Readonly<Record<string, number>>;
  /** Pages whose asset was of another release, or not there. */
  readonly mixed: number;
  /** At most twenty, each in words. */
  readonly errors: readonly string[];
  /** Milliseconds from when a request was due, not from when it was sent; sorted. */
  readonly latencies: readonly number[];
  /** Seconds after the start at which the slowest was due. */
  readonly slowestAt: number;
  /** How late the generator itself was at worst, in ms. */
  readonly late: number;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}
class WrongAnswer extends Error {}

const { origin, perSecond, shas } = workerData as SteadyOrder;
const kept = new Agent({ keepAlive: true, maxSockets: 64 });
/** Long enough that a machine that cannot keep up shows in the latency, and is not taken for a loss. */
const patienceMilliseconds = 60_000;
/** Most come over connections that are kept, as from browsers and other services. */
const turns = [
  "GET",
  "POST",
  "page",
  "GET",
  "POST",
  "page",
  "GET",
  "GET, new connection",
  "POST, new connection",
  "page, new connection",
];
const shownErrors = 20;

const tally = { sent: 0, right: 0, mixed: 0, late: 0 };
const sentByKind: Record<string, number> = {};
const errors: string[] = [];
const latencies: { readonly due: number; readonly took: number }[] = [];
const underWay = new Set<Promise<void>>();
let stopped = false;
parentPort?.once("message", () => {
  stopped = true;
});
parentPort?.postMessage(await generate());
kept.destroy();

/** Requests leave when they are due, however many are still waited for: a slow server does not slow the questions. */
async function generate(): Promise<SteadyReport> {
  const start = performance.now();
  for (let n = 0; !stopped; ) {
    const now = performance.now();
    for (let due = start + (n * 1_000) / perSecond; due <= now; due = start + (n * 1_000) / perSecond) {
      tally.late = Math.max(tally.late, now - due);
      send(turns[n % turns.length] ?? "GET", due - start, due);
      n += 1;
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const seconds = (performance.now() - start) / 1_000;
  await Promise.all(underWay);
  const took = latencies.map((each) => each.took).toSorted((a, b) => a - b);
  const slowest = latencies.find((each) => each.took === took.at(-1));
  return {
    ...tally,
    seconds,
    sentByKind,
    errors,
    latencies: took,
    slowestAt: (slowest?.due ?? 0) / 1_000,
  };
}

function send(kind: string, sinceStart: number, due: number): void {
  const agent = kind.endsWith("new connection") ? false : kept;
  tally.sent += 1;
  sentByKind[kind] = (sentByKind[kind] ?? 0) + 1;
  const asked = (kind.startsWith("page") ? askPage(agent, due, sinceStart) : askApi(kind, agent, due, sinceStart))
    .then(() => {
      tally.right += 1;
    })
    .catch((error: Error) => {
      if (errors.length < shownErrors) errors.push(`${kind} at ${(sinceStart / 1_000).toFixed(2)} s: ${error.message}`);
    })
    .finally(() => underWay.delete(asked));
  underWay.add(asked);
}

async function askApi(kind: string, agent: Agent | false, due: number, sinceStart: number): Promise<void> {
  const text = `body of ${sinceStart}`;
  const isPost = kind.startsWith("POST");
  const { status, body } = await ask(
    isPost ? "POST" : "GET",
    isPost ? "/api/echo" : "/version",
    agent,
    isPost ? text : "",
  );
  latencies.push({ due: sinceStart, took: performance.now() - due });
  const isRight = status === 200 && (isPost ? body === text : shas.includes(body));
  if (!isRight) throw new WrongAnswer(`answered ${status} ${JSON.stringify(body.slice(0, 100))}`);
}

/** The page and then the asset that it names; its time is that of the page. */
async function askPage(agent: Agent | false, due: number, sinceStart: number): Promise<void> {
  const page = await ask("GET", "/", agent, "");
  latencies.push({ due: sinceStart, took: performance.now() - due });
  const [, asset, release] = /src="(\/assets\/app-[^"]+)".*<p>(\d+)<\/p>/.exec(page.body) ?? [];
  if (page.status !== 200 || asset === undefined)
    throw new WrongAnswer(`answered ${page.status} ${page.body.slice(0, 100)}`);
  const { status, body } = await ask("GET", asset, agent, "");
  if (status === 200 && body === `export const app = ${release};\n`) return;
  tally.mixed += 1;
  throw new WrongAnswer(`page of release ${release}: ${asset} answered ${status} ${JSON.stringify(body.slice(0, 60))}`);
}

/** @throws when there is no whole answer; nothing is asked twice */
function ask(method: string, path: string, agent: Agent | false, body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { accept: "text/html, */*", ...(body ? { "content-length": Buffer.byteLength(body) } : {}) };
    const asking = request(`${origin}${path}`, { method, agent, headers, timeout: patienceMilliseconds }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      answer.once("end", () => resolve({ status: answer.statusCode ?? 0, body: text }));
      answer.once("error", reject);
      answer.once("aborted", () => reject(new Error("the answer broke off")));
    });
    asking.once("timeout", () => asking.destroy(new Error(`no answer for ${patienceMilliseconds} ms`)));
    asking.once("error", reject).end(body);
  });
}
