import { ECRClient } from "@aws-sdk/client-ecr";
import type { ImageRegistry } from "../ports.ts";
import { dockerLogin } from "./build/docker-login.ts";
import { placeOfRepository } from "./build/repository-place.ts";
import type { ClientOptions } from "./client-options.ts";
import { EcrImageRegistry } from "./image-registry.ts";
import { OciImageRegistry } from "./oci-registry.ts";
import type { AwsSite } from "./site.ts";

/** By its host: one of Amazon's, which may be another account's and in another region, or any that speaks OCI. */
export function connectImages({ repository, platform }: AwsSite["images"], options: ClientOptions): ImageRegistry {
  const { origin, name, ecr } = placeOfRepository(repository);
  if (ecr !== null) {
    const client = new ECRClient({ ...options, region: ecr.region, retryMode: "adaptive", maxAttempts: 5 });
    return new EcrImageRegistry({ client, repository: name, registryId: ecr.account, platform });
  }
  const credentials = () => dockerLogin(new URL(origin).host);
  return new OciImageRegistry({ origin, repository: name, platform, credentials });
}
