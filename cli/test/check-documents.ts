import type { z } from "zod";
import { documentSchemas } from "../src/documents/schemas/all.ts";
import { eventSchema } from "../src/documents/schemas/events.ts";

/*
 * What the command line prints for programs, held against the published schemas: here no field is allowed that they do not have. Every helper of a
 * test that runs the command line comes by here (check-documents.test.ts).
 */

/**
 * Holds stdout of one call against what its flags promise: with `--json` one document, with `--events` events and then one document, which names the
 * exit code of the call. `exit` null: it was killed, and may have printed less. @throws Error that names kind, path and rule
 */
export function checkPrinted(argv: readonly string[], stdout: string, exit: number | null): void {
  const end = argv.indexOf("--");
  const flags = end === -1 ? argv : argv.slice(0, end);
  const isEvents = flags.includes("--events");
  if (!isEvents && !flags.includes("--json")) return;
  const lines = stdout.split("\n");
  const rest = lines.pop();
  const kinds = lines.map(checkLine);
  if (exit === null) return;
  const call = `promote ${argv.join(" ")}`;
  const isWhole = rest === "" && kinds.length > 0 && kinds.indexOf("document") === kinds.length - 1;
  if (!isWhole || (!isEvents && lines.length !== 1)) {
    const wanted = isEvents ? "events and then one document" : "one document and nothing else";
    throw new Error(`${call} ended with ${exit} and should print ${wanted}; it printed: ${stdout.slice(0, 1000)}`);
  }
  const said = (JSON.parse(lines.at(-1) ?? "") as { readonly exit?: unknown }).exit;
  if (said !== undefined && said !== exit) throw new Error(`${call} ended with ${exit}, and its document says ${said}`);
}

/** One whole line of such an output. @throws Error that names kind, path and rule */
export function checkLine(line: string): "document" | "event" {
  const { name, schema, value, is } = schemaFor(line);
  const answer = schema.safeParse(value);
  if (answer.success) return is;
  const faults = answer.error.issues.flatMap((issue) => faultsOf(issue, []));
  throw new Error(`${is} ${name} is not what its schema says: ${faults.join("; ")}\n${line.slice(0, 2000)}`);
}

function schemaFor(line: string) {
  const value = parsed(line);
  const { kind, type } = value as { readonly kind?: unknown; readonly type?: unknown };
  if (typeof kind !== "string") return { name: String(type), schema: eventSchema, value, is: "event" } as const;
  if (!isKind(kind)) throw new Error(`there is no schema of document ${kind}: ${line.slice(0, 1000)}`);
  return { name: kind, schema: documentSchemas[kind], value, is: "document" } as const;
}

function parsed(line: string): object {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Said below.
  }
  throw new Error(`no line of JSON: ${line.slice(0, 1000)}`);
}

const isKind = (kind: string): kind is keyof typeof documentSchemas => Object.hasOwn(documentSchemas, kind);

/** Path and rule; of the forms that it could have had, the faults of the one that it is nearest to. */
function faultsOf(issue: z.core.$ZodIssue, above: readonly PropertyKey[]): readonly string[] {
  const path = [...above, ...issue.path];
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const forms = issue.errors.map((issues) => issues.flatMap((one) => faultsOf(one, path)));
    return forms.toSorted((one, other) => one.length - other.length)[0] ?? [];
  }
  return [`${path.map(String).join(".") || "(whole)"}: ${issue.message}`];
}
