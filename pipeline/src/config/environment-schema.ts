import * as z from "zod";
import { type RefusalCode, refusals } from "../codes.ts";
import { quoteInput } from "../identifiers.ts";
import { account, duration, region, role, year } from "./fields.ts";
import { parseFreezeMoment, whyNoWindow, whyNoZone } from "./freeze.ts";
import { nearestWord } from "./nearest-word.ts";

/** Codes that an environment may allow `--override` for. */
export const overridableCodes = (Object.keys(refusals) as RefusalCode[]).filter((code) => refusals[code].overridable);

const moment = z
  .string()
  .max(40)
  .transform((value, context) => {
    const answer = parseFreezeMoment(value);
    if (!("message" in answer)) return answer;
    context.addIssue({ code: "custom", message: answer.message });
    return z.NEVER;
  });
const zone = z
  .string()
  .max(60)
  .superRefine((value, context) => {
    const why = whyNoZone(value);
    if (why) context.addIssue({ code: "custom", message: why });
  });
const freeze = z
  .strictObject({
    name: z.string().min(1).max(100).describe("What people are told is going on."),
    from: moment.describe('A weekday and a time ("Fri 16:00"), or a date and a time ("2026-11-18 18:00").'),
    until: moment.describe("The same form as `from`; the first minute that is free again."),
    zone: zone.describe("IANA time zone of both, such as Europe/Berlin."),
  })
  .meta({ title: "a freeze" })
  .superRefine((value, context) => {
    const why = whyNoWindow(value);
    if (why) context.addIssue({ code: "custom", path: ["until"], message: why });
  });

const overrideCode = z.enum(overridableCodes as [RefusalCode, ...RefusalCode[]], {
  error: ({ input }) => whyNotOverridable(input),
});
function whyNotOverridable(input: unknown): string {
  if (typeof input === "string" && Object.hasOwn(refusals, input)) return `${quoteInput(input)} cannot be overridden`;
  const meant = typeof input === "string" ? nearestWord(input, overridableCodes) : null;
  const hint = meant ? `did you mean ${meant}?` : `write some of ${overridableCodes.join(", ")}`;
  return `${quoteInput(input)} is not the code of a rule; ${hint}`;
}

/** One rung of the ladder, as the file has it. */
export const environmentSchema = z
  .strictObject({
    target: z
      .enum(["aws", "local"])
      .optional()
      .describe("Default: aws when the store is s3://, else local. All environments agree."),
    account: account.optional().describe("AWS account, 12 digits in quotes; a second guard beside target.json."),
    region: region.optional().describe("AWS region; default: the region of the whole file."),
    role: role.optional().describe("Role to assume for this environment; default: the credentials you have."),
    ancestry: z
      .enum(["forward", "any"])
      .prefault("forward")
      .describe("forward: only commits of `branch`, never older than what runs."),
    supersede: z
      .boolean()
      .optional()
      .describe(
        "Whether a descendant may take over an interrupted promotion; default: true on the first environment only.",
      ),
    soak: duration("h", { max: year })
      .prefault("0s")
      .describe("How long the environment below must have run a release without a gap, such as 24h."),
    approvals: z
      .int()
      .min(0)
      .max(20)
      .prefault(0)
      .describe("How many people, other than the requester, must approve exactly this plan."),
    approvers: z
      .array(
        z.string().regex(/^(?:team:)?[A-Za-z0-9][A-Za-z0-9._@/-]{0,99}$/, {
          error: ({ input }) => `${quoteInput(input)} is neither a person nor team:<name>`,
        }),
      )
      .min(1)
      .max(50)
      .optional()
      .describe("People and `team:<name>`; default: whoever the target lets write approvals."),
    approval_expiry: duration("h", { min: 60, max: year })
      .prefault("24h")
      .describe("An older approval does not count."),
    freeze: z
      .array(freeze)
      .max(50)
      .prefault([])
      .describe("Times in which nothing new enters; rollback and resume always pass."),
    override: z
      .array(overrideCode)
      .optional()
      .describe("Codes that --override may pass over here; default: each that can be overridden; [] for none."),
  })
  .meta({ title: "an environment" });
export type EnvironmentFile = z.infer<typeof environmentSchema>;
