import type { Document } from "../output.ts";

export interface QuarantineDocument extends Document {
  readonly kind: "quarantine";
  readonly sha: string;
  readonly outcome: "quarantined" | "already" | "lifted" | "none";
  /** The newest mark, lifted or not. */
  readonly mark: object | null;
  /** Where it runs by record. */
  readonly environments: readonly string[];
  readonly exit: 0;
}

export const quarantineDocument = (
  fields: Pick<QuarantineDocument, "sha" | "outcome" | "mark" | "environments">,
): QuarantineDocument => ({ kind: "quarantine", version: 1, ...fields, exit: 0 });
