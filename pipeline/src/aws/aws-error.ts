import { PortError } from "../errors.ts";
import { type AwsTrouble, explainAws, withoutKeys } from "./explain-error.ts";

/** What an error of the SDK tells, whatever service it is of; every field may be missing. */
interface AwsError {
  readonly name?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
}

const fieldsOf = (error: unknown): AwsError => (typeof error === "object" && error !== null ? (error as AwsError) : {});

/** Null: no answer arrived. */
export const statusOf = (error: unknown): number | null => fieldsOf(error).$metadata?.httpStatusCode ?? null;

/** `NoSuchKey`, `AccessDenied` and the like. */
export const awsCodeOf = (error: unknown): string => fieldsOf(error).name ?? "";

/** Thrown before any request is made. */
const unsent: ReadonlySet<string> = new Set(["CredentialsProviderError", "TokenProviderError", "ConfigError"]);

/** Whether a mutating call that failed so may have taken effect: an answer of "no", or "elsewhere", to the only attempt says that it has not. */
export function effectOfError(error: unknown): "none" | "possible" {
  if (unsent.has(awsCodeOf(error))) return "none";
  const status = statusOf(error);
  const isOnlyAttempt = fieldsOf(error).$metadata?.attempts === 1;
  return isOnlyAttempt && status !== null && status >= 300 && status < 500 ? "none" : "possible";
}

/** One line: the service's code first, since that is what people look up; then what can be done, where that is known. */
export function becauseOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = awsCodeOf(error);
  const trouble = explainAws(error);
  if (trouble) return code === "" || code === "Error" ? trouble.text : `${code}: ${trouble.text}`;
  const [line = ""] = withoutKeys(error.message).split(/\.?(?:\n|$)/);
  const status = statusOf(error);
  if (status !== null && (code === "" || /^(?:Unknown|Error$|SyntaxError$)/.test(code))) return `it answers ${status}`;
  return code === "" || code === "Error" || line.startsWith(code) ? line : `${code}: ${line}`;
}

/** Instead of what the SDK throws, which carries whole requests and answers, a session's token among them: nobody is handed that. */
class ExplainedError extends Error {
  readonly trouble: AwsTrouble | null;
  constructor(error: unknown) {
    super(becauseOf(error));
    this.name = "AwsError";
    this.trouble = explainAws(error);
  }
}
export const causeOf = (error: unknown): Error => new ExplainedError(error);

/** Of an error that came out of this folder, or of the SDK itself. Null: nothing that a person can mend is known. */
export function troubleOf(error: unknown): AwsTrouble | null {
  if (error instanceof PortError) return error.cause instanceof ExplainedError ? error.cause.trouble : null;
  return explainAws(error);
}

/**
 * Asks AWS; what the SDK throws becomes a PortError about `what`. A permit is checked outside of it: that a lease is lost is no failure of AWS.
 * @throws PortError
 */
export async function askAws<T>(
  call: string,
  what: string,
  kind: "reads" | "changes",
  ask: () => Promise<T>,
): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof PortError) throw error;
    const effect = kind === "reads" ? "none" : effectOfError(error);
    throw new PortError(call, effect, `${what}: ${becauseOf(error)}`, { cause: causeOf(error) });
  }
}
