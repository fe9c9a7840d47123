import type { Clock, PromotionEvent, Step } from "@slipway/pipeline";
import type { Output } from "../output.ts";
import { printable, printableLines } from "./escape.ts";
import { failureFacts } from "./failure-lines.ts";
import type { Renderer } from "./renderer.ts";
import { markOf, partOf, shownAs } from "./step-words.ts";
import { arrow, spellSha } from "./style.ts";
import { utc, utcClock } from "./times.ts";

type Of<Type extends PromotionEvent["type"]> = Extract<PromotionEvent, { type: Type }>;

const waitingSeconds = 30;
const words = { done: "done", same: "same", no: "failed", look: "unknown", unknown: "unknown", coming: "to come" };

/** One line an event, for logs: UTC, full SHAs, no cursor movement; what takes long says so every half minute. */
export class PlainRenderer implements Renderer {
  readonly #output: Output;
  readonly #clock: Clock;
  readonly #name: (environment: string) => string;
  readonly #onGitHub: boolean;
  #lastWaiting = 0;
  #log: string[] = [];

  constructor(output: Output, options: { clock: Clock; nameOf: (environment: string) => string; onGitHub: boolean }) {
    this.#output = output;
    this.#clock = options.clock;
    this.#name = options.nameOf;
    this.#onGitHub = options.onGitHub;
  }

  readonly show = (event: PromotionEvent): void => {
    switch (event.type) {
      case "run:start":
        this.#begin(event);
        break;
      case "lease:wait": {
        const epoch = event.epoch === null ? "" : `, epoch ${event.epoch}`;
        this.#line("waiting", `for ${event.holder}${epoch}${event.until ? ` until ${utc(event.until)}` : ""}`);
        break;
      }
      case "lease:takeover":
        this.#line(
          "lease",
          `taking over from ${event.holder}, silent for ${Math.round(event.silentSeconds)} s; nothing changes before ${utc(event.quietUntil)}`,
        );
        break;
      case "step:start":
        this.#lastWaiting = 0;
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

  readonly end = (): void => undefined;

  #begin(event: Of<"run:start">): void {
    const { style } = this.#output;
    const where = `${event.app} ${arrow(style)} ${this.#name(event.environment)}`;
    const plan = event.plan.replace(/^sha256:/, "").slice(0, 12);
    const verb = event.direction === "forward" ? "promote" : "rollback";
    this.#line(verb, `${where}, epoch ${event.epoch}, plan ${plan}, ${event.by}`);
    this.#line("from", event.from ?? "nothing");
    this.#line("to", event.to ?? "nothing");
  }

  #wait({ step, text, seconds, limitSeconds }: Of<"step:progress">): void {
    if (seconds - this.#lastWaiting < waitingSeconds) return;
    this.#lastWaiting = seconds;
    const limit = limitSeconds === null ? "" : ` of ${Math.round(limitSeconds)} s`;
    this.#line("waiting", `${spellStep(step)}: ${text} (${Math.floor(seconds)} s${limit})`);
  }

  #finish({ step, report, back, seconds }: Of<"step:end">): void {
    const mark = markOf(step, report);
    const took = mark === "same" ? "" : ` (${seconds.toFixed(1)} s)`;
    if (this.#onGitHub && this.#log.length > 0) this.#group(spellStep(step));
    this.#line(words[mark], `${spellShown(step, back)}: ${report.summary}${took}`);
    if (!report.failure) return;
    for (const [label, lines] of failureFacts(report.failure)) for (const line of lines) this.#line(label, line);
    if (this.#onGitHub) this.#annotate(report.failure);
  }

  #group(title: string): void {
    this.#output.say(`::group::${title}`, ...this.#log.map(printable), "::endgroup::");
  }

  #annotate({ code, cause, where }: NonNullable<Of<"step:end">["report"]["failure"]>): void {
    const properties = [
      ...(where ? [`file=${property(where.file)}`] : []),
      ...(where?.line ? [`line=${where.line}`] : []),
      `title=${property(code)}`,
    ];
    this.#output.say(`::error ${properties.join(",")}::${data(cause)}`);
  }

  #line(word: string, text: string): void {
    this.#output.say(`${utcClock(this.#clock.now())} ${word.padEnd(7)} ${printable(text)}`);
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

/** https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts: what ends a value is escaped. */
const data = (text: string): string =>
  printableLines(text).join("\n").replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const property = (text: string): string => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
