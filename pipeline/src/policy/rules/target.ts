import { type Target, templateOf } from "../../environment/target.ts";
import type { PromotionRequest } from "../../ledger/records.ts";
import type { ReleaseManifest } from "../../release/manifest.ts";
import { count } from "../spell.ts";
import { no, passed, type Rule, type RuleVerdict, releaseOf, unknown } from "./rule.ts";

/** The environment has infrastructure, and a place for everything that the release brings. */
export const target: Rule = ({ facts, request }) => {
  if (facts.target.status === "unknown") {
    return unknown("target-missing", `could not read target.json of ${request.environment}: ${facts.target.because}`);
  }
  if (facts.target.value === null) return nobodyDescribed(request.environment);
  const found = facts.target.value.target;
  const release = releaseOf(facts.release);
  const lacks = [
    ...(found.environment === request.environment ? [] : [`target.json is of ${found.environment}`]),
    ...(release ? placesMissing(release.manifest, found, request) : []),
  ];
  if (lacks.length === 0) {
    const places = found.anyService ? "any service" : count(Object.keys(found.services).length, "service");
    return passed(`${places}${found.web ? ", web" : ""}`);
  }
  return no("target-mismatch", `the target of ${request.environment} has no place for ${count(lacks.length, "part")}`, {
    evidence: lacks,
    data: { lacks },
  });
};

const nobodyDescribed = (environment: string): RuleVerdict =>
  no("target-missing", `${environment} has no target.json`, {
    evidence: [`the infrastructure of ${environment} writes environments/${environment}/target.json into the store`],
  });

function placesMissing(manifest: ReleaseManifest, found: Target, request: PromotionRequest): readonly string[] {
  const web = manifest.web && !found.web ? ["web: the release has pages, the target has none"] : [];
  if (request.only === "web") return web;
  const names = Object.keys(found.services);
  const services = manifest.services
    .filter(({ name }) => templateOf(found, name) === null)
    .map(({ name }) => `service ${name}: the target has ${names.length > 0 ? names.join(", ") : "none"}`);
  // Going back runs no migration.
  const runs = manifest.migrations !== null && request.action === "promote";
  const migrations =
    runs && !found.migrations && !found.anyService ? ["migrations: the target has no task to run them"] : [];
  return [...services, ...web, ...migrations];
}
