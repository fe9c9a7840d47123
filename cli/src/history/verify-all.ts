import { count, type EnvironmentName, type ExitCode, exitCodes, shortDigest, verifyHistory } from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { historyVerifyDocument } from "../documents/history-verify.ts";
import type { Session } from "../session.ts";
import { sameLadder } from "../terminal/command-line.ts";

/** Every record of these environments holds the hash of the one before, or where it does not. */
export async function verifyAll(call: Call, session: Session, asked: readonly EnvironmentName[]): Promise<ExitCode> {
  const verdicts = await Promise.all(
    asked.map(async (env) => ({ env, verdict: await verifyHistory(session.store, env) })),
  );
  const broken = verdicts.flatMap(({ env, verdict }) => (verdict.ok ? [] : [{ env, ...verdict }]));
  const epochs = verdicts.reduce((sum, { verdict }) => sum + (verdict.ok ? verdict.epochs : 0), 0);
  call.output.document(historyVerifyDocument(verdicts));
  if (broken.length === 0) {
    const heads = verdicts.flatMap(({ env, verdict }) =>
      verdict.ok && verdict.head ? [`${session.nameOf(env)} ${shortDigest(verdict.head)}`] : [],
    );
    const text = `${count(epochs, "epoch")}, ${count(asked.length, "environment")}, each record holds the hash of the one before${heads.length > 0 ? `; ${heads.join(", ")}` : ""}.`;
    call.output.verdict({ verdict: "Whole", text });
    return exitCodes.done;
  }
  call.output.verdict({
    verdict: "Differs",
    text: `the ledger of ${broken.map(({ env }) => session.nameOf(env)).join(" and ")} is not one whole chain. Nothing was changed.`,
    blocks: broken.map(({ env, seq, because }) => ({ label: env, fact: `record ${seq}: ${because}` })),
    next: [`promote status${sameLadder(call)}`],
  });
  return exitCodes.refused;
}
