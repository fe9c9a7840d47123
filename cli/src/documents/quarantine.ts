import type { QuarantineDocument } from "./schemas/quarantine.ts";

export const quarantineDocument = (
  fields: Pick<QuarantineDocument, "sha" | "outcome" | "mark" | "environments">,
): QuarantineDocument => ({ kind: "quarantine", version: 1, ...fields, exit: 0 });
