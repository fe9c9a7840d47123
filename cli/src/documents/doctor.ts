import type { Examination, ExitCode } from "@slipway/pipeline";
import type { Document } from "../output.ts";
import type { Session } from "../session.ts";

export function doctorDocument(session: Session, examinations: readonly Examination[], exit: ExitCode): Document {
  return {
    kind: "doctor",
    version: 1,
    app: session.policy.policy.app,
    at: session.clock.now(),
    store: session.address,
    findings: examinations.flatMap(({ environment, findings }) =>
      findings.map(({ about, verdict, text, next }) => ({ env: environment, about, verdict, text, next })),
    ),
    exit,
  } as Document;
}
