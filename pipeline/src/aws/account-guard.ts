import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { PortError, RefusalError, UserError } from "../errors.ts";
import type { EnvironmentName } from "../identifiers.ts";
import { becauseOf, causeOf, troubleOf } from "./aws-error.ts";
import type { ClientOptions } from "./client-options.ts";

const patience = { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true };

/**
 * Asked before anything else is: a command for one account must not look at another, let alone change it. No permission is needed for it
 * (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html).
 * Answers who they are: an ARN.
 * @throws RefusalError `account`; UserError `credentials`; PortError where nobody answers
 */
export async function guardAccount(
  options: ClientOptions,
  environment: EnvironmentName,
  account: string,
): Promise<string> {
  const sts = new STSClient({ ...options, maxAttempts: 3, requestHandler: patience });
  const found = await sts.send(new GetCallerIdentityCommand({})).catch((error: unknown) => {
    throw notAnswered(error, environment);
  });
  sts.destroy();
  const who = found.Arn ?? "AWS does not say who they are";
  if (found.Account === account) return who;
  throw new RefusalError({
    code: "account",
    message: `these credentials are of another account than ${environment} lies in`,
    evidence: [`${environment} lies in ${account}; these are of ${found.Account ?? "no account"}`, who],
    next: ["aws configure list-profiles"],
  });
}

function notAnswered(error: unknown, environment: EnvironmentName): Error {
  const trouble = troubleOf(error);
  // The question itself needs no permission: what is refused is the role.
  if (trouble?.kind === "credentials" || trouble?.kind === "permission")
    return noCredentials(`${environment}: ${trouble.text}`);
  return new PortError("connect", "none", `${environment}: ${becauseOf(error)}`, { cause: causeOf(error) });
}

export const noCredentials = (text: string): UserError =>
  new UserError({ code: "credentials", message: text, next: ["aws sts get-caller-identity"] });
