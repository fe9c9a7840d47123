import type { PromotionEvent, Step } from "@slipway/pipeline";
import type { Output } from "../output.ts";
import { spellDistance } from "./distance.ts";
import { spellAge, spellStepSeconds } from "./durations.ts";
import { cutTo, padTo, printable, widthOf } from "./escape.ts";
import { failureLines } from "./failure-lines.ts";
import { holderWords, type LeaseWait, quietWords, waitedWords } from "./lease-wait.ts";
import type { Renderer } from "./renderer.ts";
import { describeStep, headlineOf, markOf, partWidth, shownAs } from "./step-words.ts";
import { arrow, inLocale, type Style, sign, spellSha } from "./style.ts";
import { spellMoment } from "./times.ts";
import { timedLines, wrap } from "./wrap.ts";

type Of<Type extends PromotionEvent["type"]> = Extract<PromotionEvent, { type: Type }>;

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const frameMilliseconds = 120;
/** Lines end here; a line that waits may take the whole width. */
const lineWidth = 92;
const kindWidth = 17;
/** A wait for a lease is not worth a line before that. */
const shortestWaitSeconds = 1;

interface InteractiveOptions {
  readonly nameOf: (environment: string) => string;
  readonly monotonic: () => number;
  /** For a holder that lives; 0: it is not waited for. */
  readonly waitSeconds?: number;
  /** How long a step usually takes here; null: not known. */
  readonly usualSeconds?: (step: Step) => number | null;
}

/** Finished steps stay; the one under way, those to come and a hint below them are redrawn in place. */
export class InteractiveRenderer implements Renderer {
  readonly #output: Output;
  readonly #name: (environment: string) => string;
  readonly #monotonic: () => number;
  readonly #waitSeconds: number;
  readonly #usualSeconds: (step: Step) => number | null;
  #steps: readonly Step[] = [];
  #isBack = false;
  #position = 0;
  #partWidth = 0;
  #running: { readonly step: Step; readonly back: boolean; readonly since: number } | null = null;
  #progress: Of<"step:progress"> | null = null;
  #waiting: { readonly event: LeaseWait; readonly since: number } | null = null;
  #hint: string | null = null;
  #drawn = 0;
  #frame = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(output: Output, options: InteractiveOptions) {
    this.#output = output;
    this.#name = options.nameOf;
    this.#monotonic = options.monotonic;
    this.#waitSeconds = options.waitSeconds ?? 0;
    this.#usualSeconds = options.usualSeconds ?? (() => null);
  }

  readonly show = (event: PromotionEvent): void => {
    this.#endWait();
    switch (event.type) {
      case "run:start":
        this.#begin(event);
        break;
      case "lease:wait":
        this.#wait(event);
        break;
      case "lease:takeover":
        this.#print(...takeoverLines(event, this.#style).flatMap((line) => wrap(line, this.#style.columns(), 2)));
        break;
      case "step:start":
        this.#running = { step: event.step, back: event.back, since: this.#monotonic() };
        this.#progress = null;
        this.#position = event.n;
        this.#redraw();
        break;
      case "step:progress":
        this.#progress = event;
        break;
      case "step:log":
        break;
      case "step:end":
        this.#finish(event);
        break;
      case "turn":
        // Going back is gone on with: nothing above says why.
        if (this.#steps.length === 0) this.#print(...wrap(goingBackLine(event, this.#style), this.#style.columns(), 2));
        this.#steps = event.steps;
        this.#position = 0;
        this.#partWidth = partWidth(event.steps);
        this.#running = null;
        this.#isBack = true;
        this.#hint = null;
        this.#keepDrawing();
        break;
    }
  };

  readonly say = (...lines: readonly string[]): void => this.#print(...lines);

  readonly end = (): void => {
    this.#endWait();
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.#erase();
    this.#running = null;
    this.#steps = [];
    this.#hint = null;
  };

  get #style(): Style {
    return this.#output.style;
  }

  #begin(event: Of<"run:start">): void {
    this.#steps = event.steps;
    this.#partWidth = partWidth(event.steps);
    const back = event.from ? `puts ${spellSha(this.#style, event.from)} back` : "takes it down again";
    this.#hint = `  Ctrl-C stops and ${back}. If this dies, run the same command again.`;
    const lines = [startLine(event, this.#style, this.#name), ...resumedLines(event)];
    this.#print(...lines.flatMap((line) => wrap(line, this.#style.columns(), 2)));
    this.#keepDrawing();
  }

  #keepDrawing(): void {
    this.#timer ??= setInterval(() => this.#redraw(), frameMilliseconds).unref();
    this.#redraw();
  }

  #wait(event: LeaseWait): void {
    if (event.until !== null) {
      this.#print(...wrap(quietWords(event, this.#style), this.#style.columns(), 2));
      return;
    }
    this.#waiting = { event, since: this.#monotonic() };
    this.#hint = "  Ctrl-C stops waiting; nothing is begun yet.";
    this.#keepDrawing();
  }

  #endWait(): void {
    if (!this.#waiting) return;
    const { event, since } = this.#waiting;
    const seconds = (this.#monotonic() - since) / 1000;
    this.#waiting = null;
    this.#hint = null;
    if (seconds >= shortestWaitSeconds)
      this.#print(`Waited ${spellAge(Math.round(seconds))} for ${holderWords(event)}.`);
  }

  #finish(event: Of<"step:end">): void {
    const { step, report, back } = event;
    const { text: headline, hasCause } = headlineOf(step, report, this.#progress?.text ?? null);
    this.#running = null;
    const mark = markOf(step, report);
    const seconds = mark === "same" ? null : spellStepSeconds(event.seconds);
    const text = inLocale(this.#style, printable(headline));
    this.#print(
      ...timedLines(this.#start(sign(this.#style, mark), back, step), text, seconds, this.#lineWidth),
      ...(report.failure ? failureLines(report.failure, { columns: this.#style.columns(), hasCause }) : []),
    );
  }

  #start(lead: string, back: boolean, step: Step): string {
    const { kind, part: label } = shownAs(step, back);
    return `${lead} ${kind.padEnd(kindWidth)}${label === null ? "" : padTo(label, this.#partWidth + 2)}`;
  }

  get #lineWidth(): number {
    return Math.min(lineWidth, this.#style.columns() - 1);
  }

  #frameNow(): string {
    return this.#style.hasUnicode ? (frames[this.#frame % frames.length] ?? "") : "* ";
  }

  #waitingLine(): readonly string[] {
    if (!this.#waiting) return [];
    const { event, since } = this.#waiting;
    const waited = waitedWords((this.#monotonic() - since) / 1000, this.#waitSeconds);
    return [`${this.#frameNow()} waiting for ${holderWords(event)}   ${waited}`];
  }

  #runningLine(): readonly string[] {
    if (!this.#running) return [];
    const { step, back, since } = this.#running;
    const seconds = (this.#monotonic() - since) / 1000;
    const usual = this.#usualSeconds(step);
    const limit = this.#progress?.limitSeconds ?? null;
    const right = [
      spellAge(seconds),
      ...(usual === null ? [] : [`usually ${spellAge(usual)}`]),
      ...(limit === null ? [] : [`limit ${spellAge(limit)}`]),
    ].join(", ");
    const text = this.#progress
      ? inLocale(this.#style, printable(this.#progress.text))
      : describeStep(step, this.#style);
    const start = this.#start(this.#frameNow(), back, step);
    const width = this.#style.columns() - 1;
    const needed = widthOf(start) + widthOf(text) + 3 + right.length;
    if (needed > width) return [`${start}${text}`, `${" ".repeat(widthOf(start))}${right}`];
    return [`${padTo(start + text, Math.min(width, Math.max(lineWidth, needed)) - right.length)}${right}`];
  }

  #live(): readonly string[] {
    const coming = this.#steps.slice(this.#position).map((step) => {
      return `${this.#start(sign(this.#style, "coming"), this.#isBack, step)}${describeStep(step, this.#style)}`;
    });
    const room = Math.max(1, this.#style.rows() - 2);
    // What is redrawn must not be broken by the terminal: each is one line, however much is cut.
    return [...this.#waitingLine(), ...this.#runningLine(), ...coming, ...(this.#hint ? [this.#hint] : [])]
      .slice(0, room)
      .map((line) => (widthOf(line) < this.#style.columns() ? line : cutTo(line, this.#style.columns() - 1)));
  }

  #redraw(): void {
    this.#frame += 1;
    const lines = this.#live();
    const up = this.#drawn > 0 ? `\u001b[${this.#drawn}A` : "";
    this.#output.draw(`${up}\r${lines.map((line) => `${line}\u001b[K\n`).join("")}\u001b[J`);
    this.#drawn = lines.length;
  }

  #erase(): void {
    if (this.#drawn > 0) this.#output.draw(`\u001b[${this.#drawn}A\r\u001b[J`);
    this.#drawn = 0;
  }

  #print(...lines: readonly string[]): void {
    this.#erase();
    this.#output.say(...lines);
    if (this.#timer) this.#redraw();
  }
}

function startLine(event: Of<"run:start">, style: Style, nameOf: (environment: string) => string): string {
  const distance = event.from === null ? null : spellDistance(event);
  return [
    `${event.app} ${arrow(style)} ${nameOf(event.env)}`,
    `${spellSha(style, event.from)} ${arrow(style)} ${spellSha(style, event.to)}`,
    ...(distance === null ? [] : [distance]),
    `plan ${event.plan.replace(/^sha256:/, "").slice(0, 12)}`,
    `epoch ${event.epoch}`,
    printable(event.by),
  ].join("   ");
}

const takeoverLines = (event: Of<"lease:takeover">, style: Style): readonly string[] => {
  const [whose, request] =
    event.epoch === null
      ? ["", "a request of theirs"]
      : [`, epoch ${event.epoch},`, `a request of epoch ${event.epoch}`];
  return [
    `Last heartbeat of ${printable(event.holder)}${whose} was ${spellAge(event.silentSeconds)} ago. Taking over.`,
    `Nothing changes before ${spellMoment(style, event.quietUntil)}: ${request} may still land.`,
  ];
};

const resumedLines = ({ resumes, epoch }: Of<"run:start">): readonly string[] =>
  resumes === null
    ? []
    : [
        `Epoch ${resumes} is not finished: epoch ${epoch} goes on with it. Policy said yes then, and is not asked again.`,
      ];

const goingBackLine = ({ to, because }: Of<"turn">, style: Style): string =>
  `Going back to ${spellSha(style, to)}: ${printable(because)}`;
