import type { AwsCredentialIdentityProvider } from "@smithy/types";
import type { EnvironmentName } from "../identifiers.ts";
import { credentialsAtHand, credentialsOf } from "./credentials.ts";
import type { AwsSite } from "./site.ts";

/** What every client of an environment is made with. */
export interface ClientOptions {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials: AwsCredentialIdentityProvider;
}

export const clientOptionsOf = (
  { region, endpoint, role }: Pick<AwsSite, "region" | "endpoint" | "role">,
  environment: EnvironmentName,
): ClientOptions => ({
  region,
  ...(endpoint === null ? {} : { endpoint }),
  credentials:
    role === null
      ? credentialsAtHand
      : credentialsOf({ arn: role, sessionName: `slipway-${environment}`, region, endpoint }),
});
