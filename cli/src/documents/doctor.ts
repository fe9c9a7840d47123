import type { Examination, ExitCode } from "@slipway/pipeline";
import type { Session } from "../session.ts";
import type { DoctorDocument } from "./schemas/doctor.ts";

export const doctorDocument = (
  session: Session,
  examinations: readonly Examination[],
  exit: ExitCode,
): DoctorDocument => ({
  kind: "doctor",
  version: 1,
  app: session.policy.policy.app,
  at: session.clock.now(),
  store: session.address,
  findings: examinations.flatMap(({ environment, findings }) =>
    findings.map(({ about, verdict, text, next }) => ({ env: environment, about, verdict, text, next })),
  ),
  exit,
});
