import { approvalSchema } from "./approval.ts";
import { boardAddressSchema } from "./board-address.ts";
import { buildSchema } from "./build.ts";
import { completionSchema } from "./completion.ts";
import { diffSchema } from "./diff.ts";
import { doctorSchema } from "./doctor.ts";
import { errorSchema } from "./error.ts";
import { explainSchema } from "./explain.ts";
import { helpSchema } from "./help.ts";
import { historySchema } from "./history.ts";
import { historyVerifySchema } from "./history-verify.ts";
import { holdSchema } from "./hold.ts";
import { initSchema } from "./init.ts";
import { localLogsSchema } from "./local-logs.ts";
import { localStartSchema } from "./local-start.ts";
import { localStatusSchema } from "./local-status.ts";
import { localStopSchema } from "./local-stop.ts";
import { lockSchema } from "./lock.ts";
import { lockBreakSchema } from "./lock-break.ts";
import { lockRunSchema } from "./lock-run.ts";
import { logSchema } from "./log.ts";
import type { Described } from "./parts/fields.ts";
import { planSchema } from "./plan.ts";
import { promotionSchema } from "./promotion.ts";
import { quarantineSchema } from "./quarantine.ts";
import { releasesSchema } from "./releases.ts";
import { statusSchema } from "./status.ts";
import { verifySchema } from "./verify.ts";
import { versionSchema } from "./version.ts";

/** Every document that the command line prints, by its kind. */
export const documentSchemas = {
  approval: approvalSchema,
  "board-address": boardAddressSchema,
  build: buildSchema,
  completion: completionSchema,
  diff: diffSchema,
  doctor: doctorSchema,
  error: errorSchema,
  explain: explainSchema,
  help: helpSchema,
  history: historySchema,
  "history-verify": historyVerifySchema,
  hold: holdSchema,
  init: initSchema,
  "local-logs": localLogsSchema,
  "local-start": localStartSchema,
  "local-status": localStatusSchema,
  "local-stop": localStopSchema,
  lock: lockSchema,
  "lock-break": lockBreakSchema,
  "lock-run": lockRunSchema,
  log: logSchema,
  plan: planSchema,
  promotion: promotionSchema,
  quarantine: quarantineSchema,
  releases: releasesSchema,
  status: statusSchema,
  verify: verifySchema,
  version: versionSchema,
} as const;

export type PrintedDocument = Described<(typeof documentSchemas)[keyof typeof documentSchemas]>;
