import { describe, expect, test } from "vitest";
import { PortError } from "../errors.ts";
import { askAws, becauseOf, troubleOf } from "./aws-error.ts";

const token = `IQoJb3JpZ2luX2VjE${"Ab3+/".repeat(60)}`;
const thrown = (name: string, message: string, status = 403) =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status, attempts: 1 } });
const who = "arn:aws:sts::111122223333:assumed-role/promote/octocat";
const noPolicy = "because no identity-based policy allows it";

/** As the services word them: their API references, and troubleshoot_access-denied.html of IAM. */
const cases: readonly (readonly [name: string, error: Error, kind: string | undefined, text: string])[] = [
  [
    "an action that no policy allows, with the statement that would",
    thrown(
      "AccessDeniedException",
      `User: ${who} is not authorized to perform: ecs:UpdateService on resource: arn:aws:ecs:eu-central-1:111122223333:service/prod/api ${noPolicy}`,
    ),
    "permission",
    `AccessDeniedException: ${who} may not ecs:UpdateService on arn:aws:ecs:eu-central-1:111122223333:service/prod/api; add {"Effect":"Allow","Action":"ecs:UpdateService","Resource":"arn:aws:ecs:eu-central-1:111122223333:service/prod/api"}`,
  ],
  [
    "an object, with the statement for its folder",
    thrown(
      "AccessDenied",
      `User: ${who} is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::acme/app/blobs/0123" ${noPolicy}`,
    ),
    "permission",
    `AccessDenied: ${who} may not s3:PutObject on arn:aws:s3:::acme/app/blobs/0123; add {"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::acme/app/blobs/*"}`,
  ],
  [
    "a bucket",
    thrown(
      "AccessDenied",
      `User: ${who} is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::acme" ${noPolicy}`,
    ),
    "permission",
    `AccessDenied: ${who} may not s3:ListBucket on arn:aws:s3:::acme; add {"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::acme"}`,
  ],
  [
    "an action without a resource",
    thrown("AccessDeniedException", `User: ${who} is not authorized to perform: ecr:GetAuthorizationToken ${noPolicy}`),
    "permission",
    `AccessDeniedException: ${who} may not ecr:GetAuthorizationToken; add {"Effect":"Allow","Action":"ecr:GetAuthorizationToken","Resource":"*"}`,
  ],
  [
    "what is denied by a policy, which nothing that is added lifts",
    thrown(
      "AccessDenied",
      `User: ${who} is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::acme/x" with an explicit deny in a service control policy`,
    ),
    "permission",
    `AccessDenied: ${who} may not s3:PutObject on arn:aws:s3:::acme/x: the service control policy denies it, which no other policy lifts`,
  ],
  [
    "a refusal without a reason",
    thrown("AccessDenied", "Access Denied"),
    "permission",
    "AccessDenied: these credentials may not, and AWS does not say which permission is missing",
  ],
  [
    "a role that may not be taken",
    thrown(
      "AccessDenied",
      `User: ${who} is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111122223333:role/prod`,
    ),
    "credentials",
    `AccessDenied: ${who} may not sts:AssumeRole on arn:aws:iam::111122223333:role/prod; add {"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::111122223333:role/prod"}`,
  ],
  [
    "a token that has expired",
    thrown("ExpiredTokenException", "The security token included in the request is expired"),
    "credentials",
    "ExpiredTokenException: the credentials have expired; log in again",
  ],
  [
    "a signature, whose answer holds the request with its token",
    thrown(
      "InvalidSignatureException",
      `The request signature we calculated does not match. The Canonical String should have been 'POST\n/\n\nx-amz-security-token:${token}`,
    ),
    "credentials",
    "InvalidSignatureException: AWS does not know these credentials; log in again",
  ],
  [
    "no credentials at all",
    Object.assign(new Error("Could not load credentials from any providers"), { name: "CredentialsProviderError" }),
    "credentials",
    "CredentialsProviderError: there are no credentials here: no variable, no profile, no role of this machine has any",
  ],
  [
    "a login that has ended",
    Object.assign(
      new Error(
        "The SSO session associated with this profile has expired. To refresh this SSO session run aws sso login",
      ),
      { name: "CredentialsProviderError" },
    ),
    "credentials",
    "CredentialsProviderError: the login has expired; log in again",
  ],
  [
    "a profile that is not there",
    Object.assign(
      new Error("Could not resolve credentials using profile: [acme-prod] in configuration/credentials file(s)."),
      { name: "CredentialsProviderError" },
    ),
    "credentials",
    "CredentialsProviderError: the profile acme-prod is not there, or says nothing of credentials",
  ],
  [
    "the output of a program that hands out credentials",
    Object.assign(new Error("Command failed: vault read --token hvs.CAESIJ"), { name: "CredentialsProviderError" }),
    "credentials",
    "CredentialsProviderError: the credentials cannot be had from where the profile says",
  ],
  [
    "a bucket in another region",
    thrown(
      "AuthorizationHeaderMalformed",
      "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-central-1'",
      400,
    ),
    "region",
    "AuthorizationHeaderMalformed: it is in the region eu-central-1; set `region` in slipway.yaml, or AWS_REGION",
  ],
  [
    "no region",
    new Error("Region is missing"),
    "region",
    "no region is set; set `region` in slipway.yaml, or AWS_REGION",
  ],
  [
    "a region that is empty, as a variable of a pipeline that nobody set",
    new Error('Region not accepted: region="" is not a valid hostname component.'),
    "region",
    "no region is set; set `region` in slipway.yaml, or AWS_REGION",
  ],
  [
    "a region that is none",
    new Error('Region not accepted: region="eu central" is not a valid hostname component.'),
    "region",
    '"eu central" is no region; set `region` in slipway.yaml, or AWS_REGION',
  ],
  [
    "a clock that S3 does not believe",
    thrown("RequestTimeTooSkewed", "The difference between the request time and the current time is too large."),
    "clock",
    "RequestTimeTooSkewed: the clock of this machine is wrong by more than AWS allows; set it",
  ],
  [
    "a clock that ECS does not believe",
    thrown("InvalidSignatureException", "Signature expired: 20261122T060000Z is now earlier than 20261122T065500Z"),
    "clock",
    "InvalidSignatureException: the clock of this machine is wrong by more than AWS allows; set it",
  ],
  [
    "a bucket that is not there",
    thrown("NoSuchBucket", "The specified bucket does not exist", 404),
    "bucket",
    "NoSuchBucket: there is no such bucket",
  ],
  [
    "anything else, in AWS's words, without a key in them",
    thrown("ClientException", `Unable to assume with ASIAIOSFODNN7EXAMPLE and ${token}\nmore`, 400),
    undefined,
    "ClientException: Unable to assume with *** and ***",
  ],
];

describe("an error of AWS is told in one line, with what mends it", () => {
  test.each(cases)("%s", async (_name, error, kind, text) => {
    expect(becauseOf(error)).toBe(text);
    const asked = await askAws("ecs.call", "prod", "reads", () => Promise.reject(error)).catch((told: unknown) => told);
    expect(asked).toBeInstanceOf(PortError);
    expect(troubleOf(asked)?.kind).toBe(kind);
    expect(troubleOf(error)?.kind).toBe(kind);
    const all = `${(asked as PortError).message} ${(asked as PortError).stack} ${String((asked as PortError).cause)}`;
    for (const secret of [token, "ASIAIOSFODNN7EXAMPLE", "hvs.CAESIJ"]) expect(all).not.toContain(secret);
  });
});
