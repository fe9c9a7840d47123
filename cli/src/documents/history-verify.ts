import { exitCodes, type verifyHistory } from "@slipway/pipeline";
import type { HistoryVerifyDocument } from "./schemas/history-verify.ts";

type Verdict = Awaited<ReturnType<typeof verifyHistory>>;

export function historyVerifyDocument(
  verdicts: readonly { readonly env: string; readonly verdict: Verdict }[],
): HistoryVerifyDocument {
  const isWhole = verdicts.every(({ verdict }) => verdict.ok);
  return {
    kind: "history-verify",
    version: 1,
    outcome: isWhole ? "whole" : "broken",
    exit: isWhole ? exitCodes.done : exitCodes.refused,
    environments: verdicts.map(({ env, verdict }) =>
      verdict.ok ? { env, ...verdict } : { env, ok: false, seq: verdict.seq, because: verdict.because },
    ),
  };
}
