import { RefusalError, UserError } from "../errors.ts";
import type { EnvironmentName } from "../identifiers.ts";
import type { AwsSite } from "./site.ts";

/** What slipway.yaml says of an environment, which was reviewed in git; null: nothing. */
export interface ExpectedAccess {
  readonly account: string | null;
  /** Its name or its ARN. */
  readonly role: string | null;
}

/**
 * The role to take, where both that say one agree. Pure.
 * @throws RefusalError `account`; UserError `config-invalid`
 */
export function roleToTake(
  site: Pick<AwsSite, "account" | "region" | "role">,
  expected: ExpectedAccess,
  environment: EnvironmentName,
): string | null {
  const { account } = expected;
  if (account !== null && account !== site.account)
    throw new RefusalError({
      code: "account",
      message: `slipway.yaml and target.json name different accounts for ${environment}`,
      evidence: [`slipway.yaml: ${account}`, `target.json: ${site.account}`],
    });
  const role = expected.role === null ? null : arnOf(expected.role, site);
  if (role === null || site.role === null || role === site.role) return role ?? site.role;
  throw new UserError({
    code: "config-invalid",
    message: `environments.${environment}.role is ${role}; target.json of ${environment} has ${site.role}`,
  });
}

const arnOf = (role: string, { account, region }: Pick<AwsSite, "account" | "region">): string =>
  role.startsWith("arn:") ? role : `arn:${partitionOf(region)}:iam::${account}:role/${role}`;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
