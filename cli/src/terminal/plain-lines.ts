import type { Clock, PromotionEvent, Step } from "@slipway/pipeline";
import type { Output } from "../output.ts";
import { printable } from "./escape.ts";
import { failureFacts } from "./failure-lines.ts";
import { holderWords, type LeaseWait } from "./lease-wait.ts";
import type { Renderer } from "./renderer.ts";
import { headlineOf, markOf, partOf, shownAs } from "./step-words.ts";
import { arrow, inLocale, spellSha } from "./style.ts";
import { utc, utcClock } from "./times.ts";

type Of<Type extends PromotionEvent["type"]> = Extract<PromotionEvent, { type: Type }>;

const waitingSeconds = 30;
const words = { done: "done", same: "same", no: "failed", look: "unknown", unknown: "unknown", coming: "to come" };

interface PlainOptions {
  readonly clock: Clock;
  readonly nameOf: (environment: string) => string;
  readonly onGitHub: boolean;
  /** For a holder that lives; 0: it is not waited for. */
  readonly waitSeconds?: number;
  /** How long a step usually takes here; null: not known. */
  readonly usualSeconds?: (step: Step) => number | null;
}

/** One line an event, for logs: UTC, full SHAs, no cursor movement; what takes long says so every half minute. */
export class PlainRenderer implements Renderer {
  readonly #output: Output;
  readonly #clock: Clock;
  readonly #name: (environment: string) => string;
  readonly #onGitHub: boolean;
  readonly #waitSeconds: number;
  readonly #usualSeconds: (step: Step) => number | null;
  #leaseTimer: NodeJS.Timeout | null = null;
  #lastWaiting = 0;
  #progress: string | null = null;
  #log: string[] = [];

  constructor(output: Output, options: PlainOptions) {
    this.#output = output;
    this.#clock = options.clock;
    this.#name = options.nameOf;
    this.#onGitHub = options.onGitHub;
    this.#waitSeconds = options.waitSeconds ?? 0;
    this.#usualSeconds = options.usualSeconds ?? (() => null);
  }

  readonly show = (event: PromotionEvent): void => {
    this.end();
    switch (event.type) {
      case "run:start":
        this.#begin(event);
        break;
      case "lease:wait":
        this.#waitForLease(event);
        break;
      case "lease:takeover":
        this.#line("lease", takeoverWords(event));
        break;
      case "step:start":
        this.#lastWaiting = 0;
        this.#progress = null;
        this.#log = [];
        break;
      case "step:progress":
        this.#wait(event);
        break;
      case "step:log":
        this.#log.push(event.line);
        break;
      case "step:end":
        this.#finish(event);
        break;
      case "turn":
        this.#line("back", `to ${spellSha(this.#output.style, event.to)}: ${event.because}`);
        break;
    }
  };

  readonly say = (...lines: readonly string[]): void => this.#output.say(...lines);

  readonly end = (): void => {
    if (this.#leaseTimer) clearInterval(this.#leaseTimer);
    this.#leaseTimer = null;
  };

  #waitForLease(event: LeaseWait): void {
    this.#line("waiting", `for ${holderWords(event)}${event.until ? ` until ${utc(event.until)}` : ""}`);
    if (event.until !== null || this.#waitSeconds === 0) return;
    const since = this.#clock.monotonic();
    this.#leaseTimer = setInterval(() => {
      const seconds = Math.floor((this.#clock.monotonic() - since) / 1000);
      this.#line("waiting", `for ${holderWords(event)} (${seconds} s of ${Math.round(this.#waitSeconds)} s)`);
    }, waitingSeconds * 1000).unref();
  }

  #begin(event: Of<"run:start">): void {
    const { style } = this.#output;
    const where = `${event.app} ${arrow(style)} ${this.#name(event.env)}`;
    const plan = event.plan.replace(/^sha256:/, "").slice(0, 12);
    const verb = event.direction === "forward" ? "promote" : "rollback";
    this.#line(verb, `${where}, epoch ${event.epoch}, plan ${plan}, ${event.by}`);
    this.#line("from", event.from ?? "nothing");
    this.#line("to", event.to ?? "nothing");
    if (event.resumes !== null)
      this.#line(
        "resumes",
        `epoch ${event.resumes}, which is not finished; policy said yes then, and is not asked again`,
      );
  }

  #wait({ step, text, seconds, limitSeconds }: Of<"step:progress">): void {
    this.#progress = text;
    if (seconds - this.#lastWaiting < waitingSeconds) return;
    this.#lastWaiting = seconds;
    const usual = this.#usualSeconds(step);
    const limit = limitSeconds === null ? "" : ` of ${Math.round(limitSeconds)} s`;
    const usually = usual === null ? "" : `, usually ${Math.round(usual)} s`;
    this.#line("waiting", `${spellStep(step)}: ${text} (${Math.floor(seconds)} s${limit}${usually})`);
  }

  #finish({ step, report, back, seconds }: Of<"step:end">): void {
    const mark = markOf(step, report);
    const headline = headlineOf(step, report, this.#progress);
    const took = mark === "same" ? "" : ` (${seconds.toFixed(1)} s)`;
    if (this.#onGitHub && this.#log.length > 0) this.#group(spellStep(step));
    this.#line(words[mark], `${spellShown(step, back)}: ${headline.text}${took}`);
    if (!report.failure) return;
    for (const [label, lines] of failureFacts(report.failure, headline.hasCause))
      for (const line of lines) this.#line(label, line);
  }

  #group(title: string): void {
    this.#output.say(`::group::${title}`, ...this.#log.map(printable), "::endgroup::");
  }

  #line(word: string, text: string): void {
    this.#output.say(
      `${utcClock(this.#clock.now())} ${word.padEnd(7)} ${inLocale(this.#output.style, printable(text))}`,
    );
  }
}

const spellStep = (step: Step): string => {
  const part = partOf(step);
  return part === null ? step.kind : `${step.kind} ${part}`;
};

const spellShown = (step: Step, back: boolean): string => {
  const { kind, part } = shownAs(step, back);
  return part === null ? kind : `${kind} ${part}`;
};

const takeoverWords = ({ holder, epoch, silentSeconds, quietUntil }: Of<"lease:takeover">): string => {
  const whose = epoch === null ? "" : `, epoch ${epoch}`;
  const silent = `silent for ${Math.round(silentSeconds)} s`;
  return `taking over from ${holder}${whose}, ${silent}; nothing changes before ${utc(quietUntil)}`;
};
