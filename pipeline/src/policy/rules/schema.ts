import { runningOf } from "../../ledger/records.ts";
import { notApplied } from "../not-applied.ts";
import { count } from "../spell.ts";
import { no, notAsked, passed, type Rule, releaseOf, unknown, unproven } from "./rule.ts";

/**
 * What the migration gate proved: that pending migrations break no release in play, or, going back, that the release runs
 * on the schema of now. A gate that is not configured says nothing, and that is said. Going back migrates nothing, so the
 * migrations of the release have to be applied.
 */
export const schema: Rule = ({ facts, request }) => {
  if (request.only === "web") return notAsked;
  const code = request.action === "rollback" ? "schema-incompatible" : "migration-breaks";
  if (request.action === "rollback") {
    const missing = notApplied(facts.standing, releaseOf(facts.release)?.manifest ?? null);
    if (missing.length > 0) {
      const what = `${count(missing.length, "migration")} of the release not applied to this database; a rollback migrates nothing`;
      return no(code, what, { evidence: missing, data: { runs: runningOf(facts.standing)?.sha ?? null } });
    }
  }
  const { gate } = facts;
  if (gate.status === "unknown") return unknown(code, `could not ask the migration gate: ${gate.because}`);
  switch (gate.value.status) {
    case "not-asked":
      return unproven("not proven: no migration gate is configured");
    case "fits":
      return passed(gate.value.what);
    case "breaks":
      return no(code, gate.value.what, { evidence: gate.value.evidence });
  }
};
