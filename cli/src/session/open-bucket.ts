import { awsTiming, type Config, type EnvironmentPorts, type Target } from "@slipway/pipeline";
import type { OpenedPlace } from "./open-place.ts";
import type { Place } from "./place.ts";

type Aws = typeof import("@slipway/pipeline/aws");
type BucketPlace = NonNullable<Place["bucket"]>;

/** A ladder on AWS. The SDK is loaded here, and only what the store needs of it until an environment is looked at. */
export async function openBucket(place: BucketPlace, config: Config | null): Promise<OpenedPlace> {
  const aws = await import("@slipway/pipeline/aws");
  const { store, explain, examine } = storeAt(aws, place);
  const expectedOf = ({ environment }: Target) => {
    const own = config?.environments.find(({ name }) => name === environment);
    return { account: own?.account ?? null, role: own?.role ?? null };
  };
  return {
    isOnAws: true,
    store,
    address: store.address,
    timing: awsTiming,
    explain,
    examine,
    examineAccess: (target) => aws.examineAccess({ target, expected: expectedOf(target) }),
    connect: (target) => {
      const expected = expectedOf(target);
      return connectOnce({ place, target, expected }, () => aws.connectAws({ target, store, expected }));
    },
  };
}

/** The board opens its ladder again and again: connections of the one before are kept. */
const stores = new Map<string, ReturnType<Aws["openStore"]>>();

function storeAt(aws: Aws, place: BucketPlace): ReturnType<Aws["openStore"]> {
  const key = JSON.stringify(place);
  const store = stores.get(key) ?? aws.openStore(place);
  stores.set(key, store);
  return store;
}

interface Connection {
  readonly since: number;
  readonly ports: Promise<EnvironmentPorts>;
}
const connections = new Map<string, Connection>();
/** Then it is asked again whose credentials these are: somebody may have logged in to another account. */
const connectedMilliseconds = 60_000;

/** One verb asks for the same environment several times. What failed is tried again. */
async function connectOnce(
  key: { readonly place: BucketPlace; readonly target: Target; readonly expected: object },
  connect: () => Promise<EnvironmentPorts>,
): Promise<EnvironmentPorts> {
  const name = JSON.stringify(key);
  const known = connections.get(name);
  if (known && performance.now() - known.since < connectedMilliseconds) return await known.ports;
  const connection = { since: performance.now(), ports: connect() };
  connections.set(name, connection);
  try {
    return await connection.ports;
  } catch (error) {
    connections.delete(name);
    throw error;
  }
}
