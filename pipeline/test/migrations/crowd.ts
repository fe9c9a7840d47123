import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Answer, AttemptEnd, Message, Order } from "./attempt.ts";

/** What a process said of an order, or what became of the process. */
export type Outcome = Pick<Extract<AttemptEnd, { how: "answered" }>, "how" | "result" | "lines"> | { how: Ended };
type Ended = Exclude<AttemptEnd["how"], "answered">;

const program = fileURLToPath(new URL("worker.ts", import.meta.url));

/** Processes that run migrations; whoever is killed is followed by another. Disposing it kills all. */
export class Crowd implements Disposable {
  kills = 0;
  stops = 0;
  readonly #members: Member[];

  constructor(size: number) {
    this.#members = Array.from({ length: size }, () => new Member());
  }

  get size(): number {
    return this.#members.length;
  }

  /** Of `member`, 0 up to `size`; no answer within the bound is an outcome as well. */
  ask(member: number, order: Order, boundMilliseconds: number): Promise<Outcome> {
    return this.#member(member).ask(order, boundMilliseconds);
  }

  tellToStop(member: number, id: string): void {
    this.#member(member).tell({ stop: id });
  }

  /** Resolves with the moment at which it was gone. */
  kill(member: number): Promise<number> {
    this.kills += 1;
    return this.#member(member).kill();
  }

  /** Nothing of it runs for this long, unless it is killed meanwhile. Returns the orders that stood still. */
  standStill(member: number, milliseconds: number): readonly string[] {
    this.stops += 1;
    return this.#member(member).standStill(milliseconds);
  }

  /** Which of them has this order; null: nobody, any more. */
  whoHas(id: string): number | null {
    const member = this.#members.findIndex(({ orders }) => orders.has(id));
    return member < 0 ? null : member;
  }

  [Symbol.dispose](): void {
    for (const member of this.#members) member.end();
  }

  #member(number: number): Member {
    const member = this.#members[number];
    if (member === undefined) throw new Error(`there is no process ${number}`);
    return member;
  }
}

class Member {
  readonly orders = new Map<string, (outcome: Outcome) => void>();
  #child: ChildProcess;
  #isOver = false;

  constructor() {
    this.#child = this.#start();
  }

  ask(order: Order, boundMilliseconds: number): Promise<Outcome> {
    return new Promise((resolve) => {
      const finish = (outcome: Outcome): void => {
        clearTimeout(late);
        this.orders.delete(order.id);
        resolve(outcome);
      };
      const late = setTimeout(() => finish({ how: "stuck" }), boundMilliseconds);
      this.orders.set(order.id, finish);
      this.tell({ order });
    });
  }

  tell(message: Message): void {
    this.#child.send(message, () => undefined);
  }

  async kill(): Promise<number> {
    const child = this.#child;
    child.removeAllListeners();
    child.on("error", () => undefined);
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    // Its successor is there at once; an answer that was under way is lost, as it would be in life.
    this.#lose("died");
    this.#child = this.#start();
    await gone;
    return performance.now();
  }

  standStill(milliseconds: number): readonly string[] {
    const child = this.#child;
    child.kill("SIGSTOP");
    setTimeout(() => child.kill("SIGCONT"), milliseconds);
    return [...this.orders.keys()];
  }

  end(): void {
    this.#isOver = true;
    this.#child.kill("SIGKILL");
  }

  #start(): ChildProcess {
    const child = fork(program, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    child.on("message", ({ id, result, lines }: Answer) => {
      this.orders.get(id)?.({ how: "answered", result, lines });
    });
    child.on("exit", () => {
      if (this.#isOver) return;
      this.#lose("broke");
      this.#child = this.#start();
    });
    return child;
  }

  #lose(how: "died" | "broke"): void {
    for (const finish of [...this.orders.values()]) finish({ how });
  }
}
