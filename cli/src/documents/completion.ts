import type { CompletionDocument } from "./schemas/completion.ts";

export const completionDocument = (shell: CompletionDocument["shell"], script: string): CompletionDocument => ({
  kind: "completion",
  version: 1,
  shell,
  script,
  exit: 0,
});
