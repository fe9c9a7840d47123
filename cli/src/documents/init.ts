import type { Detection } from "@slipway/pipeline";
import type { InitDocument } from "./schemas/init.ts";

export const initDocument = (
  { app, findings, yaml }: Detection,
  fields: Pick<InitDocument, "written" | "ignored" | "next">,
): InitDocument => ({ kind: "init", version: 1, app, ...fields, findings, yaml, exit: 0 });
