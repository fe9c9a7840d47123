import type { PromotionEvent, Step } from "@slipway/pipeline";
import type { Output } from "../output.ts";
import { spellDistance } from "./distance.ts";
import { spellAge, spellStepSeconds } from "./durations.ts";
import { cutTo, padTo, printable, widthOf } from "./escape.ts";
import { failureLines } from "./failure-lines.ts";
import type { Renderer } from "./renderer.ts";
import { describeStep, markOf, partWidth, shownAs } from "./step-words.ts";
import { arrow, type Style, sign, spellSha } from "./style.ts";
import { spellTime } from "./times.ts";

type Of<Type extends PromotionEvent["type"]> = Extract<PromotionEvent, { type: Type }>;

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const frameMilliseconds = 120;
/** Finished lines end here; a line that waits may take the whole width. */
const lineWidth = 92;
const kindWidth = 17;

/** Finished steps stay; the one under way, those to come and a hint below them are redrawn in place. */
export class InteractiveRenderer implements Renderer {
  readonly #output: Output;
  readonly #name: (environment: string) => string;
  readonly #monotonic: () => number;
  #steps: readonly Step[] = [];
  #isBack = false;
  #position = 0;
  #partWidth = 0;
  #running: { readonly step: Step; readonly back: boolean; readonly since: number } | null = null;
  #progress: Of<"step:progress"> | null = null;
  #hint: string | null = null;
  #drawn = 0;
  #frame = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(output: Output, options: { nameOf: (environment: string) => string; monotonic: () => number }) {
    this.#output = output;
    this.#name = options.nameOf;
    this.#monotonic = options.monotonic;
  }

  readonly show = (event: PromotionEvent): void => {
    switch (event.type) {
      case "run:start":
        this.#begin(event);
        break;
      case "lease:wait":
        this.#print(waitingLine(event, this.#style));
        break;
      case "lease:takeover":
        this.#print(...takeoverLines(event, this.#style));
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
        this.#steps = event.steps;
        this.#position = 0;
        this.#partWidth = partWidth(event.steps);
        this.#running = null;
        this.#isBack = true;
        this.#hint = null;
        this.#redraw();
        break;
    }
  };

  readonly say = (...lines: readonly string[]): void => this.#print(...lines);

  readonly end = (): void => {
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
    this.#print(startLine(event, this.#style, this.#name));
    this.#timer = setInterval(() => this.#redraw(), frameMilliseconds).unref();
  }

  #finish(event: Of<"step:end">): void {
    const { step, report, back } = event;
    this.#running = null;
    const mark = markOf(step, report);
    const seconds = mark === "same" ? null : spellStepSeconds(event.seconds);
    const text = printable(report.summary);
    this.#print(
      this.#line(sign(this.#style, mark), back, step, text, seconds),
      ...(report.failure ? failureLines(report.failure) : []),
    );
  }

  #line(lead: string, back: boolean, step: Step, text: string, right: string | null): string {
    const { kind, part: label } = shownAs(step, back);
    const part = label === null ? "" : padTo(label, this.#partWidth + 2);
    const start = `${lead} ${kind.padEnd(kindWidth)}${part}`;
    const width = Math.min(lineWidth, this.#style.columns() - 1);
    const room = width - widthOf(start) - (right === null ? 0 : right.length + 1);
    const cut = cutTo(text, Math.max(20, room));
    return right === null ? `${start}${cut}` : `${padTo(start + cut, width - right.length)}${right}`;
  }

  #runningLine(): readonly string[] {
    if (!this.#running) return [];
    const { step, back, since } = this.#running;
    const frame = this.#style.hasUnicode ? (frames[this.#frame % frames.length] ?? "") : "* ";
    const seconds = (this.#monotonic() - since) / 1000;
    const limit = this.#progress?.limitSeconds ?? null;
    const right = `${spellAge(seconds)}${limit === null ? "" : `, limit ${spellAge(limit)}`}`;
    const text = this.#progress ? printable(this.#progress.text) : describeStep(step, this.#style);
    return [this.#line(frame, back, step, text, right)];
  }

  #live(): readonly string[] {
    const coming = this.#steps.slice(this.#position).map((step) => {
      return this.#line(sign(this.#style, "coming"), this.#isBack, step, describeStep(step, this.#style), null);
    });
    const room = Math.max(1, this.#style.rows() - 2);
    return [...this.#runningLine(), ...coming, ...(this.#hint ? [this.#hint] : [])]
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
    `${event.app} ${arrow(style)} ${nameOf(event.environment)}`,
    `${spellSha(style, event.from)} ${arrow(style)} ${spellSha(style, event.to)}`,
    ...(distance === null ? [] : [distance]),
    `plan ${event.plan.replace(/^sha256:/, "").slice(0, 12)}`,
    `epoch ${event.epoch}`,
    printable(event.by),
  ].join("   ");
}

const waitingLine = (event: Of<"lease:wait">, style: Style): string => {
  const until = event.until ? `; it is free at ${spellTime(style, event.until)} at the latest` : "";
  return `Waiting for ${printable(event.holder)}${event.epoch === null ? "" : `, epoch ${event.epoch}`}${until}.`;
};

const takeoverLines = (event: Of<"lease:takeover">, style: Style): readonly string[] => {
  const epoch = event.epoch === null ? "" : ` of epoch ${event.epoch}`;
  return [
    `Last heartbeat of ${printable(event.holder)}${epoch} was ${spellAge(event.silentSeconds)} ago. Taking over.`,
    `Nothing changes before ${spellTime(style, event.quietUntil)}: a request of the one before may still land.`,
  ];
};
