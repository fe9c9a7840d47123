import type { BuildEvent, BuildPhase, Clock } from "@slipway/pipeline";
import type { Output } from "../output.ts";
import { spellAge, spellStepSeconds } from "./durations.ts";
import { cutTo, printable, quoteSubject } from "./escape.ts";
import { sign, spellSha } from "./style.ts";
import { utcClock } from "./times.ts";
import { timedLines } from "./wrap.ts";

const lineWidth = 92;
const phaseWidth = 13;
const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/** A build as it goes: a line a phase; on a terminal the phase under way is redrawn with the last line it wrote. */
export class BuildRenderer {
  readonly #output: Output;
  readonly #clock: Clock;
  #phase: BuildPhase | null = null;
  #since = 0;
  #last = "";
  #frame = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(output: Output, clock: Clock) {
    this.#output = output;
    this.#clock = clock;
  }

  show(event: BuildEvent): void {
    const { style } = this.#output;
    if (event.type === "build:start") {
      this.#print(`${event.app} ${spellSha(style, event.sha)} ${quoteSubject(event.subject)}, ${whereabouts(event)}`);
    } else if (event.type === "publish:start") {
      this.#print(`${event.app} ${spellSha(style, event.sha)} ${quoteSubject(event.subject)}, built before`);
    } else if (event.type === "build:log") this.#last = printable(event.line);
    else if (event.state === "start") this.#begin(event.phase);
    else this.#finish(event.phase, event.summary, event.seconds);
  }

  end(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    if (this.#phase && this.#output.style.redraws) this.#output.draw("\r\u001b[K");
    this.#phase = null;
  }

  #begin(phase: BuildPhase): void {
    this.#phase = phase;
    this.#since = this.#clock.monotonic();
    this.#last = "";
    if (this.#output.style.redraws && !this.#timer) this.#timer = setInterval(() => this.#redraw(), 120).unref();
  }

  #finish(phase: BuildPhase, summary: string, seconds: number): void {
    this.#phase = null;
    const { style } = this.#output;
    if (!style.isTerminal) {
      const at = utcClock(this.#clock.now());
      this.#output.say(`${at} done    ${phase}: ${printable(summary)} (${seconds.toFixed(1)} s)`);
      return;
    }
    const right = spellStepSeconds(seconds);
    const start = `${sign(style, "done")} ${phase.padEnd(phaseWidth)}`;
    const width = Math.min(lineWidth, style.columns() - 1);
    this.#print(...timedLines(start, printable(summary), right, width));
  }

  #redraw(): void {
    if (!this.#phase) return;
    this.#frame += 1;
    const { style } = this.#output;
    const frame = style.hasUnicode ? frames[this.#frame % frames.length] : "* ";
    const seconds = spellAge((this.#clock.monotonic() - this.#since) / 1000);
    const line = cutTo(`${frame} ${this.#phase.padEnd(phaseWidth)}${this.#last}`, style.columns() - seconds.length - 3);
    this.#output.draw(`\r${line}  ${seconds}\u001b[K`);
  }

  #print(...lines: readonly string[]): void {
    if (this.#output.style.redraws) this.#output.draw("\r\u001b[K");
    this.#output.say(...lines);
  }
}

/** Of another commit than the one that is checked out nothing else was looked at. */
function whereabouts({ branch, isHead }: Extract<BuildEvent, { type: "build:start" }>): string {
  if (!isHead) return "not the commit that is checked out";
  return `${branch === null ? "detached" : `on ${printable(branch)}`}, work tree clean`;
}
