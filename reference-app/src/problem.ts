import type { Context, Middleware, Next } from "koa";
import type { z } from "zod";
import type { Log } from "./log.ts";

/** One thing wrong with a request: which field, and the rule that it breaks. */
export interface FieldProblem {
  readonly field: string;
  readonly rule: string;
}

/** An answer that is a refusal. Thrown by routes, written by `answerProblems` alone. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: readonly FieldProblem[];

  constructor(status: number, code: string, message: string, fields: readonly FieldProblem[] = []) {
    super(message);
    this.name = "Problem";
    this.status = status;
    this.code = code;
    this.fields = fields;
  }
}

export function notFound(what: string): Problem {
  return new Problem(404, "not-found", `there is no such ${what}`);
}

/** @throws Problem 422 that names every field that is wrong. */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.flatMap((issue): FieldProblem[] => {
    if (issue.code !== "unrecognized_keys") return [{ field: issue.path.join("."), rule: issue.message }];
    return issue.keys.map((key) => ({ field: [...issue.path, key].join("."), rule: "is not a field" }));
  });
  throw new Problem(422, "invalid", "the request breaks a rule", fields);
}

/** The one place where errors become answers; what nobody foresaw is logged whole and answered without detail. */
export function answerProblems(log: Log): Middleware {
  return async (context: Context, next: Next) => {
    try {
      await next();
      if (context.status === 404 && context.body === undefined) throw notFound("path");
    } catch (error) {
      const problem = toProblem(error);
      if (problem.status >= 500) log.error({ err: error, method: context.method, path: context.path }, problem.message);
      context.status = problem.status;
      context.body = { error: { code: problem.code, message: problem.message, fields: problem.fields } };
    }
  };
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  // Of the body parser and the router.
  const { status } = error as { readonly status?: unknown };
  if (status === 413) return new Problem(413, "too-large", "the body is larger than 64 KiB");
  if (status === 405) return new Problem(405, "method", "this path has no such method");
  if (typeof status === "number" && status >= 400 && status < 500) {
    return new Problem(status, "malformed", "the request is not well-formed");
  }
  return new Problem(500, "internal", "something went wrong here");
}
