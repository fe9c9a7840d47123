import {
  BrokenChainError,
  DeposedError,
  type ExitCode,
  exitCodes,
  failures,
  LeaseLostError,
  PortError,
  RefusalError,
  UnreadableObjectError,
  UserError,
  type Where,
} from "@slipway/pipeline";
import type { ErrorDocument } from "./documents/schemas/error.ts";
import type { Message } from "./terminal/message.ts";

export interface Failure {
  readonly code: ErrorDocument["code"];
  readonly exit: ExitCode;
  readonly message: Message;
  readonly where: Where | null;
  /** Only of a bug. */
  readonly stack: string | null;
}

export const errorDocument = ({ code, exit, message, where }: Failure): ErrorDocument => ({
  kind: "error",
  version: 1,
  code,
  exit,
  message: message.text,
  where,
  next: withoutRemarks(message.next ?? []),
});

/** `Next` lines without what is said to people after a `#`. */
export const withoutRemarks = (next: readonly string[]): readonly string[] =>
  next.map((command) => command.replace(/\s{2,}#.*$/, ""));

/** Whatever was thrown, as one of the verdicts of experience.md §4. `redact` is null before secrets are known. */
export function failureOf(error: unknown, redact: (text: string) => string = (text) => text): Failure {
  const failure = judge(error);
  const { message } = failure;
  return {
    ...failure,
    stack: failure.stack === null ? null : redact(failure.stack),
    message: {
      ...message,
      text: redact(message.text),
      blocks: (message.blocks ?? []).map((block) => ({
        ...block,
        fact: redact(block.fact),
        evidence: (block.evidence ?? []).map(redact),
      })),
      next: (message.next ?? []).map(redact),
    },
  };
}

function judge(error: unknown): Failure {
  if (error instanceof UserError) return userFailure(error);
  if (error instanceof RefusalError) return refusalFailure(error);
  if (error instanceof BrokenChainError) {
    return plain("store-unusable", exitCodes.usage, {
      verdict: "Usage",
      text: sentence(error.message),
      next: ["promote history --verify"],
    });
  }
  if (error instanceof UnreadableObjectError) {
    const text = `${error.message}. Put the file back from a copy; asking again will not help.`;
    return plain("could-not-tell", exitCodes.unknown, { verdict: "Unknown", text });
  }
  if (error instanceof PortError) {
    const text = `${error.message}. Run the same command again.`;
    return plain("could-not-tell", exitCodes.unknown, { verdict: "Unknown", text });
  }
  if (error instanceof LeaseLostError)
    return plain("lease-lost", exitCodes.unknown, {
      verdict: "Unknown",
      text: `${error.message}. Run the same command again.`,
    });
  if (error instanceof DeposedError)
    return plain("superseded", exitCodes.busy, {
      verdict: "Superseded",
      text: `${error.message}. This run wrote nothing more.`,
    });
  return forbidden(error) ?? noRoom(error) ?? bug(error);
}

const forbiddenCodes: ReadonlySet<string> = new Set(["EACCES", "EPERM", "EROFS"]);

/** What the system forbids is no bug: somebody can give the permission, and the same command goes on. Null: something else. */
function forbidden(error: unknown): Failure | null {
  const { code, path, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === undefined || path === undefined || !forbiddenCodes.has(code)) return null;
  return plain("store-unusable", exitCodes.usage, {
    verdict: "Usage",
    text: `${syscall ?? "use"} of ${path} is not permitted here (${code}). Give this user the permission, and run the same command again.`,
  });
}

/** A full disk is no bug either, whoever ran into it. Null: something else. */
function noRoom(error: unknown): Failure | null {
  const { code, message } = (error ?? {}) as NodeJS.ErrnoException;
  if (code !== "ENOSPC" && code !== "EDQUOT") return null;
  return plain("store-unusable", exitCodes.usage, {
    verdict: "Usage",
    text: `${message}. Make room on the disk, and run the same command again.`,
  });
}

const plain = (code: ErrorDocument["code"], exit: ExitCode, message: Message): Failure => ({
  code,
  exit,
  message,
  where: null,
  stack: null,
});

function userFailure(error: UserError): Failure {
  // These come with their own first word (experience.md §2, §4).
  const standsAlone = error.code === "config-missing" || /^[A-Z][a-z]+: /.test(error.message);
  return {
    code: error.code,
    exit: exitCodes.usage,
    where: error.where,
    stack: null,
    message: {
      verdict: standsAlone ? null : "Usage",
      text: error.code === "config-missing" ? error.message : sentence(error.message),
      next: error.next,
    },
  };
}

function refusalFailure(error: RefusalError): Failure {
  const exit: ExitCode = Object.hasOwn(failures, error.code)
    ? failures[error.code as keyof typeof failures]
    : exitCodes.refused;
  const [fact = "", ...evidence] = error.evidence;
  const block = { label: error.code, fact, evidence };
  return {
    code: error.code,
    exit,
    where: null,
    stack: null,
    message: {
      verdict: verdictWord(exit),
      text: sentence(error.message),
      blocks: fact === "" ? [] : [block],
      next: error.next,
    },
  };
}

function verdictWord(exit: ExitCode): string {
  switch (exit) {
    case exitCodes.refused:
      return "Refused";
    case exitCodes.busy:
      return "Busy";
    case exitCodes.partial:
      return "PARTIAL";
    case exitCodes.unknown:
      return "Unknown";
    default:
      return "Failed";
  }
}

/** Always says whether anything changed. */
const sentence = (text: string): string => (/[.?)]$|\n/.test(text) ? text : `${text}. Nothing was changed.`);

function bug(error: unknown): Failure {
  const text = error instanceof Error ? error.message : String(error);
  return {
    code: "bug",
    exit: exitCodes.bug,
    where: null,
    stack: error instanceof Error ? (error.stack ?? null) : null,
    message: {
      verdict: "Bug",
      text: `${text}. This is ours. Whatever was begun is in the ledger; the same command resumes.`,
    },
  };
}
