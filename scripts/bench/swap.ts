import { setTimeout as delay } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { awsTiming } from "../../pipeline/src/ledger/lease-timing.ts";
import { connectLocal } from "../../pipeline/src/local/connect.ts";
import type { PromotionSurroundings } from "./bench-repository.ts";
import { aFigure, type Figure, type Part, timed } from "./figure.ts";
import { LocalPromotions } from "./local-promotions.ts";
import type { SteadyOrder, SteadyReport } from "./steady-requests.ts";

const perSecond = 500;
const swaps = 6;
/** Before the first swap, between two, and after the last one. */
const pauseMilliseconds = 1_500;

/** Rolls services and pages back and forth while requests keep coming. */
export const swap: Part = {
  name: "swap",
  title: `swaps under a steady ${perSecond} requests a second, each due whether or not earlier ones were answered`,
  run: async () => {
    await using local = await LocalPromotions.open();
    const { repository } = local;
    const surroundings: PromotionSurroundings = {
      // A heartbeat each few seconds outlasts a machine that all this loads fully.
      timing: awsTiming,
      connect: (target) => connectLocal({ root: repository.root, target }),
    };
    const [older, newer] = [await local.build(pagesOf), await local.build(pagesOf)];
    await repository.promote(surroundings, { sha: older });
    const { target } = await repository.target();
    await using requests = askSteadily({ origin: target.url ?? "", perSecond, shas: [older, newer] });
    const took: number[] = [];
    await delay(pauseMilliseconds);
    for (let n = 0; n < swaps; n += 1) {
      const start = performance.now();
      await repository.promote(surroundings, n % 2 === 0 ? { sha: newer } : { action: "rollback" });
      took.push(performance.now() - start);
      await delay(pauseMilliseconds);
    }
    const report = await requests.end();
    return {
      size: { swaps, "requests a second": perSecond, seconds: Math.round(report.seconds), services: 1, instances: 1 },
      figures: figuresOf(report, took),
      problems: problemsOf(report),
    };
  },
};

/** Each release has an asset of its own, which says whose it is. */
const pagesOf = (n: number): Readonly<Record<string, string>> => ({
  "site/index.html": `<!doctype html><script type="module" src="/assets/app-${n}.js"></script><p>${n}</p>\n`,
  [`site/assets/app-${n}.js`]: `export const app = ${n};\n`,
});

/** On a thread of its own, so that the promotion does not hold its requests up. */
function askSteadily(workerData: SteadyOrder): AsyncDisposable & { readonly end: () => Promise<SteadyReport> } {
  const worker = new Worker(new URL("./steady-requests.ts", import.meta.url), { workerData });
  const report = new Promise<SteadyReport>((resolve, reject) => {
    worker.once("message", resolve).once("error", reject);
  });
  // Its failure is told by whoever waits for the end.
  report.catch(() => undefined);
  return {
    end: () => {
      worker.postMessage("end");
      return report;
    },
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}

function figuresOf(report: SteadyReport, took: readonly number[]): readonly Figure[] {
  const { sent, right, latencies, mixed, seconds, late, slowestAt, sentByKind } = report;
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  const kinds = Object.entries(sentByKind).map(([kind, count]) => `${kind} ${count}`);
  return [
    aFigure({
      name: "answered rightly",
      unit: "requests",
      value: right,
      beside: { name: "sent", value: sent, best: null },
      note: kinds.join("; "),
    }),
    aFigure({ name: "lost or wrong", unit: "requests", value: sent - right }),
    aFigure({ name: "pages with an asset of another release", unit: "requests", value: mixed }),
    aFigure({ name: "really sent", unit: "per second", value: sent / seconds }),
    aFigure({ name: "latency, median", unit: "ms", value: at(0.5), note: "from when it was due" }),
    aFigure({ name: "latency, 99 in 100", unit: "ms", value: at(0.99) }),
    aFigure({ name: "latency, longest", unit: "ms", value: at(1), note: `due after ${slowestAt.toFixed(1)} s` }),
    aFigure({ name: "the generator itself, latest", unit: "ms", value: late }),
    timed({ name: "a swap", samples: took }, "the whole promotion or rollback"),
  ];
}

function problemsOf({ sent, right, seconds, errors }: SteadyReport): readonly string[] {
  const lost = sent - right;
  const rate = sent / seconds;
  return [
    ...(lost === 0 ? [] : [`${lost} of ${sent} requests were lost or answered wrongly: ${errors.join("; ")}`]),
    // Less would prove less than the part says.
    ...(rate >= perSecond * 0.95 ? [] : [`only ${rate.toFixed(0)} requests a second were sent`]),
  ];
}
