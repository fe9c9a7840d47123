import { fromNodeProviderChain, fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from "@smithy/types";

/** A role that is assumed with the credentials at hand, and where it is asked for. */
export interface AssumedRole {
  readonly arn: string;
  /** As CloudTrail names the session. */
  readonly sessionName: string;
  readonly region: string;
  /** Null: Amazon's own. */
  readonly endpoint: string | null;
}

/**
 * The credentials at hand: variables, profile, login, role of the machine, in the SDK's order. Asked for once a process; renewed
 * before they expire. No configuration of ours ever holds any.
 */
export const credentialsAtHand: AwsCredentialIdentityProvider = fromNodeProviderChain();

/** Who waits for credentials waits for whatever they sign: a silent STS must not hold it for ever. */
const patience = { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true };
const assumed = new Map<string, AwsCredentialIdentityProvider>();

/** Of the role; assumed once a process, and again before it expires. */
export function credentialsOf(role: AssumedRole): AwsCredentialIdentityProvider {
  const key = JSON.stringify(role);
  const known = assumed.get(key);
  if (known) return known;
  const { arn, sessionName, region, endpoint } = role;
  const provider = keptUntilOld(
    fromTemporaryCredentials({
      masterCredentials: credentialsAtHand,
      params: { RoleArn: arn, RoleSessionName: sessionName },
      clientConfig: { region, ...(endpoint === null ? {} : { endpoint }), requestHandler: patience, maxAttempts: 3 },
    }),
  );
  assumed.set(key, provider);
  return provider;
}

/** A call that is signed with them may wait before it is sent. */
const renewedMilliseconds = 5 * 60_000;

/** Who asks at the same time shares one answer; a failure is asked again. */
function keptUntilOld(provider: AwsCredentialIdentityProvider): AwsCredentialIdentityProvider {
  let kept: Promise<AwsCredentialIdentity> | null = null;
  let expires = Number.POSITIVE_INFINITY;
  return async () => {
    if (kept !== null && Date.now() < expires - renewedMilliseconds) return await kept;
    const asked = provider();
    kept = asked;
    expires = Number.POSITIVE_INFINITY;
    try {
      const credentials = await asked;
      expires = credentials.expiration?.getTime() ?? Number.POSITIVE_INFINITY;
      return credentials;
    } catch (error) {
      if (kept === asked) kept = null;
      throw error;
    }
  };
}
