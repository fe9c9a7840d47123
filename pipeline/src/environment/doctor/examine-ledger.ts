import { type EnvironmentName, shortSha } from "../../identifiers.ts";
import { readCurrent } from "../../ledger/current.ts";
import { readHold } from "../../ledger/hold.ts";
import { currentKey, historyKey } from "../../ledger/keys.ts";
import { readLease } from "../../ledger/lease-look.ts";
import { readStanding } from "../../ledger/read-ledger.ts";
import type { Standing, Unfinished } from "../../ledger/records.ts";
import { verifyHistory } from "../../ledger/verify-history.ts";
import { count } from "../../policy/spell.ts";
import type { ObjectStore } from "../../ports.ts";
import { examined, type Finding, no, ok, putBack } from "./finding.ts";

/** Whether an environment's records are whole, and whether anything stands in the way of the next run. */
export async function examineLedger(
  store: ObjectStore,
  environment: EnvironmentName,
): Promise<{ readonly isWhole: boolean; readonly findings: readonly Finding[] }> {
  let isWhole = false;
  const records = await examined("ledger", async () => {
    const verdict = await verifyHistory(store, environment);
    if (!verdict.ok) {
      const { seq, because, suspects = [seq] } = verdict;
      const records = suspects.filter((one) => one > 0).map((one) => historyKey(environment, one));
      return [no("ledger", because, `${putBack(records.join(" or "))}: no command writes a record anew`)];
    }
    isWhole = true;
    return [standingWords(environment, await readStanding(store, environment)), ...(await copy(store, environment))];
  });
  const others = [
    ...(await examined("lease", () => lease(store, environment))),
    ...(await examined("hold", async () => {
      const hold = await readHold(store, environment);
      return hold ? [ok("hold", `automation stays away since ${hold.at}: ${hold.reason}`)] : [];
    })),
  ];
  return { isWhole, findings: [...records, ...others] };
}

/** The copy of the ledger's fold. Without it nothing is lost but the witness of a ledger that was cut short. */
async function copy(store: ObjectStore, environment: EnvironmentName): Promise<readonly Finding[]> {
  const key = currentKey(environment);
  if ((await store.get(key)) === null || (await readCurrent(store, environment)) !== null) return [];
  const instead = "the end of the next promotion writes it anew";
  return [no("ledger", `${key} cannot be read, and the records are whole without it`, putBack(key, instead))];
}

function standingWords(environment: EnvironmentName, { unfinished, seq, epoch }: Standing): Finding {
  if (unfinished) return no("ledger", ...unfinishedWords(environment, unfinished));
  return ok(
    "ledger",
    seq === 0 ? "empty: nothing was promoted here" : `${count(seq, "record")} of ${count(epoch, "epoch")}, whole`,
  );
}

function unfinishedWords(
  environment: EnvironmentName,
  { epoch, request, plan, partial }: Unfinished,
): readonly [string, ...string[]] {
  const release = plan.release ? shortSha(plan.release.sha) : "nothing";
  const same = request.sha === null ? [] : [`promote --sha ${request.sha} --env ${environment}`];
  const back = `promote rollback --env ${environment}`;
  return partial
    ? [`epoch ${epoch} left it partial: ${partial.notBack.join(", ") || `on the way to ${release}`}`, ...same, back]
    : [`epoch ${epoch} is not finished, on the way to ${release}`, ...same, back];
}

async function lease(store: ObjectStore, environment: EnvironmentName): Promise<readonly Finding[]> {
  const look = await readLease(store, environment);
  if (look?.state !== "held") return [ok("lease", "free")];
  const who = `${look.by.name} on ${look.host}`;
  return [ok("lease", look.stale ? `${who} is silent: the next run takes it over` : `${who} is changing it now`)];
}
