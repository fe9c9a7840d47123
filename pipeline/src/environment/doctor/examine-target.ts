import { type EnvironmentName, type Epoch, shortSha } from "../../identifiers.ts";
import { readStanding } from "../../ledger/read-ledger.ts";
import { runningOf } from "../../ledger/records.ts";
import type { EnvironmentPorts, ObjectStore } from "../../ports.ts";
import { verifyLive } from "../../promotion/verify-live.ts";
import { readRelease } from "../../release/read-release.ts";
import { readTarget } from "../read-target.ts";
import type { Target } from "../target.ts";
import { examined, type Finding, no, ok, unknown } from "./finding.ts";

export interface TargetPorts {
  readonly store: ObjectStore;
  readonly connect: (target: Target) => Promise<EnvironmentPorts>;
  /** The first promotion describes it by itself: a machine of one's own. */
  readonly isMadeByPromotion: boolean;
  /** What to do where nothing answers; null: nothing that a command could. */
  readonly wake: string | null;
}

/** Whether the infrastructure is described and answers, and whether what runs is what was recorded. */
export async function examineTarget(ports: TargetPorts, environment: EnvironmentName): Promise<readonly Finding[]> {
  const { store } = ports;
  const described = await examined("target", async () => {
    const found = await readTarget(store, environment);
    if (found) return [ok("target", [found.target.url ?? found.target.kind, ...parts(found.target)].join(", "))];
    const runs = runningOf(await readStanding(store, environment));
    if (runs && ports.isMadeByPromotion) {
      const text = "target.json is missing, and something was promoted here";
      return [no("target", text, `promote --sha ${runs.sha} --env ${environment}`)];
    }
    return ports.isMadeByPromotion
      ? [ok("target", "the first promotion makes it")]
      : [no("target", "no infrastructure is described: target.json is missing")];
  });
  return [...described, ...(await examined("running", () => running(ports, environment)))];
}

function parts({ services, anyService, web, migrations }: Target): readonly string[] {
  const names = Object.keys(services);
  const all = [
    names.length > 0 ? `${names.length} services` : anyService ? "any service" : null,
    web ? "web" : null,
    migrations ? "database" : null,
  ];
  return all.filter((part) => part !== null);
}

async function running(ports: TargetPorts, environment: EnvironmentName): Promise<readonly Finding[]> {
  const { store } = ports;
  const standing = await readStanding(store, environment);
  const { epoch } = standing;
  const runs = runningOf(standing);
  const target = await readTarget(store, environment);
  if (!runs) return [target ? await nothingRuns(ports, target.target, epoch) : ok("running", "nothing, by record")];
  if (!target) return [unknown("running", `${shortSha(runs.sha)} by record, and nothing tells where to look`)];
  const look = await readRelease(store, runs.sha);
  const name = shortSha(runs.sha);
  if (look.status !== "found")
    return [
      unknown("running", `${name} by record, and what belongs to it cannot be told: its release is ${look.status}`),
    ];
  const { services } = look.release.manifest;
  const verdict = await verifyLive({
    ports: await ports.connect(target.target),
    state: runs.state,
    web: runs.webSha === null || runs.webSha === runs.sha ? look.web : null,
    shapeOf: (service) => services.find((shape) => shape.name === service) ?? null,
    reachable: target.target.url !== null,
  });
  if (verdict.status === "yes") return [ok("running", `${name}, as recorded: ${verdict.summary}`)];
  const first = verdict.checks.find(({ status }) => status === verdict.status);
  const text = `${first?.name ?? environment}: ${first?.message ?? verdict.summary}`;
  return verdict.status === "no"
    ? [no("running", text, `promote verify --env ${environment}`)]
    : [unknown("running", text, ...(ports.wake === null ? [] : [ports.wake]))];
}

/** Pages that were switched by a run which this ledger does not know: no promotion will be let in. */
async function nothingRuns({ connect, wake }: TargetPorts, target: Target, epoch: Epoch): Promise<Finding> {
  const live = await (await connect(target)).web.readLive();
  if (live.epoch <= epoch) return ok("running", "nothing, by record");
  const text = `pages were switched under epoch ${live.epoch}, and the ledger of this store ends at ${epoch}: it was lost, or another store's is followed`;
  const purge = wake === null ? [] : ["promote local stop --purge"];
  return no("running", text, "name the store that it was promoted from with --store", ...purge);
}
