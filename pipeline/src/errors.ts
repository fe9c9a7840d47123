import type { BuildRefusalCode, FailureCode, RefusalCode, UsageCode } from "./codes.ts";

export interface Where {
  readonly file: string | null;
  readonly line: number | null;
  /** Dotted path inside a configuration file or document. */
  readonly path: string | null;
}

/** A mistake that a person can fix. Shown without a stack, exit 2; no mutating call was made. */
export class UserError extends Error {
  readonly code: UsageCode;
  readonly where: Where | null;
  /** Whole commands that help, most likely first. */
  readonly next: readonly string[];
  constructor(fields: {
    code: UsageCode;
    message: string;
    where?: Where | null;
    next?: readonly string[];
    cause?: unknown;
  }) {
    super(fields.message, { cause: fields.cause });
    this.name = "UserError";
    this.code = fields.code;
    this.where = fields.where ?? null;
    this.next = fields.next ?? [];
  }
}

/** A planned "no" (exit 3) or "tried and failed" (exit 4) of a verb that has no ledger: build, publish, verify. */
export class RefusalError extends Error {
  readonly code: BuildRefusalCode | RefusalCode | FailureCode;
  /** Evidence, one line each, already redacted. */
  readonly evidence: readonly string[];
  readonly next: readonly string[];
  constructor(fields: {
    code: BuildRefusalCode | RefusalCode | FailureCode;
    message: string;
    evidence?: readonly string[];
    next?: readonly string[];
    cause?: unknown;
  }) {
    super(fields.message, { cause: fields.cause });
    this.name = "RefusalError";
    this.code = fields.code;
    this.evidence = fields.evidence ?? [];
    this.next = fields.next ?? [];
  }
}

/**
 * A port gave no answer: network, lost reply, missing permission to look. `effect` says whether a mutating call may have
 * taken effect all the same. Never a verdict: the caller observes, and ends "could not tell" if it cannot.
 */
export class PortError extends Error {
  readonly call: string;
  readonly effect: "none" | "possible";
  constructor(call: string, effect: "none" | "possible", because: string, options?: { cause?: unknown }) {
    super(`${call}: ${because}`, options);
    this.name = "PortError";
    this.call = call;
    this.effect = effect;
  }
}

/** What is stored at a key is not what belongs there: somebody edited it, or a disk did. Asking again will not help. */
export class UnreadableObjectError extends PortError {
  readonly key: string;
  constructor(key: string, because: string, options?: { cause?: unknown }) {
    super(`get ${key}`, "none", `it ${because}`, options);
    this.name = "UnreadableObjectError";
    this.key = key;
  }
}

/** The lease is gone or its last confirmed beat is old: nothing more may be changed by this run (protocol R3, R11). */
export class LeaseLostError extends Error {
  constructor(because: string, options?: { cause?: unknown }) {
    super(because, options);
    this.name = "LeaseLostError";
  }
}

/** Another run has opened a later epoch: this one stops and writes nothing more anywhere (protocol R2). */
export class DeposedError extends Error {
  readonly by: number | null;
  constructor(by: number | null) {
    super(by === null ? "another run has taken over" : `epoch ${by} has taken over`);
    this.name = "DeposedError";
    this.by = by;
  }
}
