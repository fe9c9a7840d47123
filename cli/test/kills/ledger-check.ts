import { createHash } from "node:crypto";

/* Reads an environment's ledger as it lies on the disk, with code of its own: nothing of the pipeline is imported here. */

// biome-ignore lint/suspicious/noExplicitAny: what is stored is judged, not trusted
type Json = any;

export interface Outcome {
  readonly result: string;
  /** Where the epoch's plan led. */
  readonly sha: string | null;
}
export interface Running {
  readonly sha: string;
  /** Of the release's manifest. */
  readonly digest: string;
  readonly goal: Json;
}

export const sha256 = (bytes: Uint8Array | string): string =>
  `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

/** RFC 8785: keys by UTF-16 code units, no white space. */
export function canonical(value: Json): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const members = Object.keys(value)
    .filter((name) => value[name] !== undefined)
    .toSorted((a, b) => (a < b ? -1 : 1));
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

interface Epoch {
  readonly number: number;
  plan: Json;
  turn: Json;
  forward: number;
  back: number;
  outcome: Outcome | null;
}

/** Takes the records one after the other and says what does not follow; what it was given is never read again. */
export class LedgerCheck {
  readonly problems: string[] = [];
  readonly outcomes = new Map<number, Outcome>();
  seq = 0;
  head: string | null = null;
  /** Of the last settling record. */
  settled: { readonly seq: number; readonly sha256: string } | null = null;
  running: Running | null = null;
  /** Applied migrations as some record tells them last; null: none does. */
  applied: readonly string[] | null = null;
  #epoch: Epoch | null = null;
  #isPlanned = false;

  /** Number of the last epoch; 0: none. */
  get epoch(): number {
    return this.#epoch?.number ?? 0;
  }
  /** Nothing that was planned is without an end. An epoch that died before its plan has changed nothing, and needs none (protocol §11). */
  get isClosed(): boolean {
    return !this.#isPlanned;
  }

  /** Names of files and their bytes, in the order of their names. */
  add(name: string, bytes: Uint8Array): void {
    const seq = this.seq + 1;
    const wrong = (because: string) => this.problems.push(`record ${seq}: ${because}`);
    if (name !== `${String(seq).padStart(10, "0")}.json@1`) wrong(`its file is ${name}: a gap, or a second version`);
    let record: Json;
    try {
      record = JSON.parse(Buffer.from(bytes).toString("utf8"));
    } catch {
      record = {};
      wrong("it is no JSON");
    }
    if (record.seq !== seq) wrong(`it says that it is ${record.seq}`);
    if (record.prev !== this.head) wrong("it does not hold the hash of the bytes before it");
    this.seq = seq;
    this.head = sha256(bytes);
    this.#follow(record, wrong);
  }

  #follow({ epoch, body }: Json, wrong: (because: string) => void): void {
    if (body?.kind === "open") {
      if (epoch !== this.epoch + 1) wrong(`it opens epoch ${epoch} after ${this.epoch}`);
      this.#epoch = { number: epoch, plan: null, turn: null, forward: 0, back: 0, outcome: null };
      return;
    }
    const open = this.#epoch;
    if (open === null || epoch !== open.number)
      return void wrong(`epoch ${epoch} writes while ${this.epoch} is the last`);
    if (open.outcome !== null) wrong(`epoch ${epoch} goes on after its end`);
    switch (body.kind) {
      case "plan":
        open.plan = body.plan;
        this.#isPlanned = true;
        if (body.fenced) this.applied = namesOf(body.fenced.applied);
        if (planHash(body.plan) !== body.plan.hash) wrong("the hash of its plan is not that of the plan");
        return;
      case "turn":
        open.turn = body.plan;
        this.#isPlanned = true;
        return;
      case "migrate-finished":
        if (body.applied) this.applied = namesOf(body.applied);
        return;
      case "step":
        this.#step(open, body, wrong);
        return;
      case "outcome":
        this.#isPlanned = false;
        this.#end(open, body, wrong);
    }
  }

  #step(open: Epoch, body: Json, wrong: (because: string) => void): void {
    const plan = body.back ? open.turn : open.plan;
    if (plan?.steps[body.n - 1]?.kind !== body.step)
      return void wrong(`step ${body.n} ${body.step} is in no plan before it`);
    const done = body.back ? open.back : open.forward;
    if (body.n !== done + 1) wrong(`step ${body.n} follows ${done}`);
    if (body.report.status !== "done") return;
    if (body.back) open.back = body.n;
    else open.forward = body.n;
  }

  #end(open: Epoch, body: Json, wrong: (because: string) => void): void {
    open.outcome = { result: body.result, sha: open.plan?.release?.sha ?? null };
    this.outcomes.set(open.number, open.outcome);
    if (body.result !== "done" && body.result !== "reverted") return;
    this.settled = { seq: this.seq, sha256: this.head ?? "" };
    if (body.result === "done") {
      if (open.forward !== open.plan?.steps.length) return void wrong("done, and not every step of its plan is");
      if (canonical(body.observed) !== canonical(open.plan.goal)) wrong("done, and what was observed is not the goal");
      this.running = { ...open.plan.release, goal: open.plan.goal };
    } else if (open.turn !== null) {
      if (open.back !== open.turn.steps.length) wrong("reverted, and not every step back is done");
      if (canonical(body.observed) !== canonical(open.turn.goal))
        wrong("reverted, and what was observed is not the baseline");
      if (open.turn.release?.sha !== this.running?.sha) wrong(`reverted to ${open.turn.release?.sha}, not to what ran`);
    }
  }
}

const namesOf = (applied: Json): readonly string[] => applied.map(({ name }: Json) => name);

/** Left out is what is there for people: whether a step is `already` so, how many files are to be sent, and what else is `told` of it. */
function planHash({ hash: _hash, ...plan }: Json): string {
  const steps = plan.steps.map(({ already: _already, told: _told, ...step }: Json) =>
    step.kind === "publish-web" ? { kind: step.kind, web: step.web } : step,
  );
  return sha256(canonical({ ...plan, steps }));
}
