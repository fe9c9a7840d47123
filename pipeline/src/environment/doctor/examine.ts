import type { EnvironmentName } from "../../identifiers.ts";
import { examineCollection } from "./examine-collection.ts";
import { examineLedger } from "./examine-ledger.ts";
import { examineNewest, examineRollback, type ReleasePorts, type Verifications } from "./examine-releases.ts";
import { examineStore, type StorePorts } from "./examine-store.ts";
import { examineTarget, type TargetPorts } from "./examine-target.ts";
import type { Finding } from "./finding.ts";

export type { Finding } from "./finding.ts";
export type DoctorPorts = StorePorts & ReleasePorts & TargetPorts;
export interface Examination {
  /** Null: of all environments. */
  readonly environment: EnvironmentName | null;
  readonly findings: readonly Finding[];
}

/**
 * Asks now what a promotion and a rollback will ask: whether the store takes and gives back, whether ledgers are whole,
 * whether targets answer, and whether every release that may be needed is there, byte by byte. The only thing that is
 * written is a probe of the store.
 */
export async function examine(
  ports: DoctorPorts,
  environments: readonly EnvironmentName[],
): Promise<readonly Examination[]> {
  const known: Verifications = new Map();
  const shared = [
    ...(await examineStore(ports)),
    ...(await examineNewest(ports, known)),
    ...(await examineCollection(ports.store)),
  ];
  const examinations: Examination[] = [{ environment: null, findings: shared }];
  for (const environment of environments) {
    const ledger = await examineLedger(ports.store, environment);
    // Records that cannot be read say nothing of what runs, nor of where a rollback leads.
    const others = ledger.isWhole
      ? [...(await examineTarget(ports, environment)), ...(await examineRollback(ports, known, environment))]
      : [];
    examinations.push({ environment, findings: [...ledger.findings, ...others] });
  }
  return examinations;
}
