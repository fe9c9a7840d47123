import type { Detection } from "@slipway/pipeline";
import type { Document } from "../output.ts";

export interface InitDocument extends Document {
  readonly kind: "init";
  readonly app: string;
  /** Null: nothing was written (`--print`). */
  readonly written: string | null;
  /** `.slipway/` was added to .gitignore. */
  readonly ignored: boolean;
  readonly findings: Detection["findings"];
  readonly yaml: string;
  readonly next: readonly string[];
  readonly exit: 0;
}

export const initDocument = (
  { app, findings, yaml }: Detection,
  fields: Pick<InitDocument, "written" | "ignored" | "next">,
): InitDocument => ({ kind: "init", version: 1, app, ...fields, findings, yaml, exit: 0 });
