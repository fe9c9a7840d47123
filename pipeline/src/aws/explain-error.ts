import { quoteInput } from "../identifiers.ts";

/** What an error of the SDK tells beside its message, whatever service it is of. */
interface Thrown {
  readonly name: string;
  readonly message: string;
}

/** Something that a person can mend, in words of ours: AWS's own may hold a whole request, with its token. */
export interface AwsTrouble {
  /** Credentials: absent, expired, not valid, or not allowed to take the role. */
  readonly kind: "credentials" | "permission" | "region" | "clock" | "bucket";
  /** One line, without a full stop. */
  readonly text: string;
}

/** Null: nothing that this knows more of than its message says. */
export function explainAws(error: unknown): AwsTrouble | null {
  if (!(error instanceof Error)) return null;
  const thrown: Thrown = { name: error.name, message: error.message };
  return (
    regionTrouble(thrown) ??
    clockTrouble(thrown) ??
    credentialsTrouble(thrown) ??
    permissionTrouble(thrown) ??
    bucketTrouble(thrown)
  );
}

const expired: ReadonlySet<string> = new Set([
  "ExpiredToken",
  "ExpiredTokenException",
  "RequestExpired",
  "TokenRefreshRequired",
]);
const notValid: ReadonlySet<string> = new Set([
  "InvalidAccessKeyId",
  "InvalidClientTokenId",
  "InvalidSignatureException",
  "InvalidToken",
  "IncompleteSignature",
  "IncompleteSignatureException",
  "MissingAuthenticationToken",
  "MissingAuthenticationTokenException",
  "SignatureDoesNotMatch",
  "UnrecognizedClientException",
  "AuthFailure",
]);

function credentialsTrouble({ name, message }: Thrown): AwsTrouble | null {
  const trouble = (text: string): AwsTrouble => ({ kind: "credentials", text });
  if (expired.has(name)) return trouble("the credentials have expired; log in again");
  if (notValid.has(name)) return trouble("AWS does not know these credentials; log in again");
  if (name !== "CredentialsProviderError" && name !== "TokenProviderError") return null;
  // Of what the SDK says here only these are repeated: the output of a credential_process is nobody's to show.
  const profile = /profile: \[([A-Za-z0-9_. -]{1,60})\]/.exec(message)?.[1];
  if (profile !== undefined) return trouble(`the profile ${profile} is not there, or says nothing of credentials`);
  if (/multi-factor/.test(message)) return trouble("the profile asks for a code of a device; log in before");
  if (/expired|re-?authenticate|refresh/i.test(message)) return trouble("the login has expired; log in again");
  if (/Could not load credentials from any providers/.test(message))
    return trouble("there are no credentials here: no variable, no profile, no role of this machine has any");
  return trouble("the credentials cannot be had from where the profile says");
}

/** Their wording: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
const refusal =
  /User: (\S{1,300}) is not authorized to perform: ([a-z0-9-]{1,60}:[A-Za-z0-9*]{1,80})(?: on resource: "?([^"\s]{1,600}?)"?)?(?: because | with |$)/;
const denied: ReadonlySet<string> = new Set([
  "AccessDenied",
  "AccessDeniedException",
  "AccessDeniedError",
  "UnauthorizedOperation",
  "AuthorizationError",
  "NotAuthorized",
]);

function permissionTrouble({ name, message }: Thrown): AwsTrouble | null {
  if (!denied.has(name)) return null;
  const [, who, action, resource = "*"] = refusal.exec(message) ?? [];
  if (who === undefined || action === undefined)
    return { kind: "permission", text: "these credentials may not, and AWS does not say which permission is missing" };
  const may = `${who} may not ${action}${resource === "*" ? "" : ` on ${resource}`}`;
  const kind = action === "sts:AssumeRole" ? "credentials" : "permission";
  const wall = /with an explicit deny(?: in an? ([a-z -]{1,60}) policy)?/.exec(message);
  if (wall) return { kind, text: `${may}: ${policyWords(wall[1])} denies it, which no other policy lifts` };
  return { kind, text: `${may}; add ${statement(action, resource)}` };
}

const policyWords = (which: string | undefined): string => `${which ? `the ${which}` : "a"} policy`;

/** As it stands in a policy. Of an object its folder: the next one has another name. */
function statement(action: string, resource: string): string {
  const object = /^(arn:aws[a-z-]*:s3:::[^/]+\/(?:.*\/)?)[^/]*$/.exec(resource);
  return JSON.stringify({ Effect: "Allow", Action: action, Resource: object ? `${object[1]}*` : resource });
}

function regionTrouble({ name, message }: Thrown): AwsTrouble | null {
  const trouble = (text: string): AwsTrouble => ({ kind: "region", text });
  const how = "set `region` in slipway.yaml, or AWS_REGION";
  if (message === "Region is missing" || message.includes('region=""')) return trouble(`no region is set; ${how}`);
  const refused = /^Region not accepted: region="(.{1,60}?)"/.exec(message)?.[1];
  if (refused !== undefined) return trouble(`${quoteInput(refused)} is no region; ${how}`);
  const expecting = /expecting '([a-z0-9-]{1,40})'/.exec(message)?.[1];
  if (name === "AuthorizationHeaderMalformed" && expecting !== undefined)
    return trouble(`it is in the region ${expecting}; ${how}`);
  if (name === "PermanentRedirect" || name === "IllegalLocationConstraintException")
    return trouble(`it is in another region; ${how}`);
  return null;
}

function clockTrouble({ name, message }: Thrown): AwsTrouble | null {
  const isSkew =
    name === "RequestTimeTooSkewed" ||
    name === "RequestInTheFuture" ||
    (/^(?:Invalid)?Signature/.test(name) && /Signature (?:expired|not yet current)/.test(message));
  if (!isSkew) return null;
  return { kind: "clock", text: "the clock of this machine is wrong by more than AWS allows; set it" };
}

const bucketTrouble = ({ name }: Thrown): AwsTrouble | null =>
  name === "NoSuchBucket" ? { kind: "bucket", text: "there is no such bucket" } : null;

/** Ids of keys, and session tokens by how they begin: whatever AWS repeats of a request, these are not shown. */
const keys = /\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b|\b(?:IQoJ|FwoG|FQoG|AQoD)[A-Za-z0-9+/=%_-]{40,}/g;
export const withoutKeys = (text: string): string => text.replace(keys, "***");
