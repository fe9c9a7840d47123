import type { Document } from "../output.ts";

export interface CompletionDocument extends Document {
  readonly kind: "completion";
  readonly shell: string;
  readonly script: string;
  readonly exit: 0;
}
export const completionDocument = (shell: string, script: string): CompletionDocument => ({
  kind: "completion",
  version: 1,
  shell,
  script,
  exit: 0,
});
