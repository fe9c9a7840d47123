import * as z from "zod";
import {
  type AppName,
  appNamePattern,
  type EnvironmentName,
  environmentNamePattern,
  quoteInput,
  type ServiceName,
  serviceNamePattern,
} from "../identifiers.ts";
import { isBucketAddress, parseBucketAddress } from "./bucket-address.ts";
import { parseCommand } from "./commands.ts";
import { type DurationUnit, durationPattern, parseDuration, whyNoDuration } from "./durations.ts";
import { parseSmoke } from "./smoke.ts";

/** Text that is refused with one sentence of its own; a bare number or boolean is a wrong text, not a wrong type. */
const text = (pattern: RegExp, why: (input: unknown) => string) =>
  z
    .string({
      error: ({ input }) => (typeof input === "number" || typeof input === "boolean" ? why(input) : undefined),
    })
    .max(500)
    .regex(pattern, { error: ({ input }) => why(input) });

/** `slipway.yaml` writes it with a unit; here it is in seconds. `unit` is what people usually mean. */
export const duration = (unit: DurationUnit, limits: { min?: number; max: number }) =>
  z
    .string({ error: ({ input }) => (typeof input === "number" ? whyNoDuration(input, unit) : undefined) })
    .regex(durationPattern, { error: ({ input }) => whyNoDuration(input, unit) })
    .transform((value, context) => {
      const seconds = parseDuration(value) ?? 0;
      if (seconds < (limits.min ?? 0))
        context.addIssue({ code: "custom", message: `${value} is too short; at least ${(limits.min ?? 0) * 1000}ms` });
      if (seconds > limits.max)
        context.addIssue({ code: "custom", message: `${value} is longer than a ${period(limits.max)}` });
      return seconds;
    });
const period = (seconds: number): string => (seconds <= 86_400 ? "day (24h)" : "year (365d)");

export const day = 86_400;
export const year = 365 * day;

export const command = z
  .string()
  .min(1)
  .max(4000)
  .transform((value, context) => {
    const answer = parseCommand(value);
    if (answer.ok) return answer.command;
    context.addIssue({ code: "custom", message: answer.message });
    return z.NEVER;
  });
export const commands = z.array(command).max(50);

export const smoke = z
  .string()
  .max(1000)
  .transform((value, context) => {
    const answer = parseSmoke(value);
    if ("check" in answer) return answer.check;
    context.addIssue({ code: "custom", message: answer.message });
    return z.NEVER;
  });

/** The value is never shown: people put the address itself here, and that is a secret. */
export const variable = text(
  /^[A-Za-z_][A-Za-z0-9_]{0,99}$/,
  () => "is not the name of a variable, such as DATABASE_URL; the value itself does not belong in this file",
);

/** A path below the folder of slipway.yaml, or below another folder that the key names. */
export const relativePath = z
  .string()
  .min(1)
  .max(500)
  .transform((value, context) => {
    const why = whyNotBelow(value);
    if (why) context.addIssue({ code: "custom", message: `${quoteInput(value)} ${why}` });
    return value === "./" ? "." : value.replace(/^\.\/+/, "").replace(/\/+$/, "");
  });

/** `**` and `*` are allowed here and nowhere else. */
export const glob = z
  .string()
  .min(1)
  .max(500)
  .transform((value, context) => {
    const why = whyNotBelow(value.replaceAll("*", "x"));
    if (why) context.addIssue({ code: "custom", message: `${quoteInput(value)} ${why}` });
    return value.replace(/^\.\/+/, "");
  });

function whyNotBelow(path: string): string | null {
  if (/[\p{Cc}\\]/u.test(path)) return "has a backslash or a control character in it";
  if (path.startsWith("/") || /^[A-Za-z]:/.test(path)) return "is absolute; write it relative to the checkout";
  if (path.split("/").includes("..")) return "leaves the checkout";
  if (path.includes("*")) return "is a pattern; name the folder or the file";
  return null;
}

/** A literal path, or a prefix that ends in `/*`. */
export const route = text(
  /^(?!$)(?!.*\/\.{1,2}(?:\/|$))(?:\/[A-Za-z0-9._~!&'()+,;=:@%-]+)*(?:\/\*?)?$/,
  (input) => `${quoteInput(input)} is not a path such as /version or a prefix such as /api/*`,
);

export const appName = text(
  appNamePattern,
  (input) => `${quoteInput(input)} is no app name: a lower-case letter, then up to 30 of a-z, 0-9 and -`,
).transform((value) => value as AppName);
export const environmentName = text(
  environmentNamePattern,
  (input) => `${quoteInput(input)} is no environment name: a lower-case letter, then up to 19 of a-z, 0-9 and -`,
).transform((value) => value as EnvironmentName);
export const serviceName = text(
  serviceNamePattern,
  (input) => `${quoteInput(input)} is no service name: a lower-case letter, then up to 30 of a-z, 0-9 and -`,
).transform((value) => value as ServiceName);

/** https://docs.aws.amazon.com/general/latest/gr/rande.html */
export const region = text(
  /^[a-z]{2}(?:-[a-z]+){1,3}-[0-9]$/,
  (input) => `${quoteInput(input)} is not an AWS region, such as eu-central-1`,
);
export const account = z
  .string({
    error: ({ input }) => (typeof input === "number" ? `is a number here; put the 12 digits in quotes` : undefined),
  })
  .regex(/^[0-9]{12}$/, { error: ({ input }) => `${quoteInput(input)} is not an AWS account, 12 digits in quotes` });
export const role = text(
  /^(?:arn:aws[a-z-]*:iam::[0-9]{12}:role\/)?[A-Za-z0-9_+=,.@/-]{1,128}$/,
  (input) => `${quoteInput(input)} is neither the name nor the ARN of a role`,
);

/** https://git-scm.com/docs/git-check-ref-format, the part that a branch can break. */
export const branch = text(
  /^(?![-/.])(?!.*(?:\.\.|\/\/|@\{|\.lock$))[^\s~^:?*[\\]{1,200}(?<![/.])$/,
  (input) => `${quoteInput(input)} is not the name of a branch`,
).refine((value) => !/\p{Cc}/u.test(value), { error: "has a control character in it" });
export const store = z
  .string()
  .min(1)
  .max(500)
  .refine(
    (value) =>
      !/\p{Cc}/u.test(value) &&
      (isBucketAddress(value) ? parseBucketAddress(value) !== null : !/^[A-Za-z0-9+.-]+:\/\//.test(value)),
    {
      error: ({ input }) => `${quoteInput(input)} is neither s3://bucket/prefix nor a folder`,
    },
  );
