import { S3ObjectStore } from "../../src/aws/object-store.ts";
import type { S3Clients } from "../../src/aws/s3-client.ts";
import { parseBucketAddress } from "../../src/config/bucket-address.ts";
import { writeTarget } from "../../src/environment/read-target.ts";
import type { Target } from "../../src/environment/target.ts";
import { aTarget, environmentOf } from "../builders.ts";
import { region } from "./clients.ts";

interface Place {
  readonly environment: string;
  readonly account: string;
  readonly endpoint: string;
}

/** An environment on AWS that has a cluster and nothing in it; `site` may say more. */
export const targetOnAws = ({ environment, account, endpoint }: Place, site: object = {}): Target =>
  aTarget({
    environment: environmentOf(environment),
    kind: "aws",
    url: null,
    services: {},
    migrations: null,
    web: null,
    site: {
      region,
      account,
      endpoint,
      images: { repository: `${account}.dkr.ecr.${region}.amazonaws.com/tiny`, platform: "linux/amd64" },
      cluster: environment,
      services: {},
      tasks: null,
      web: null,
      ...site,
    },
  }).target;

/** As infrastructure would. */
export async function describeTarget(clients: S3Clients, address: string, place: Place): Promise<void> {
  const at = parseBucketAddress(address);
  if (at === null) throw new Error(`${address} is no bucket`);
  await writeTarget(new S3ObjectStore({ clients, ...at }), targetOnAws(place));
}
