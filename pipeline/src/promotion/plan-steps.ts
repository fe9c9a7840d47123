import type { Digest, ServiceName } from "../identifiers.ts";
import type { SchemaBelief } from "../migration/batch.ts";
import type { Revision, WebRevision } from "../ports.ts";
import type { StoredRelease } from "../release/manifest.ts";
import { invalidationPaths } from "../web/diff.ts";
import { entriesOf, type WebFileList } from "../web/file-list.ts";
import { countAskedEntries } from "./asked-entries.ts";
import type { Facts } from "./facts.ts";
import { proves, provesGone, sameRevision } from "./judge-rollout.ts";
import type { AskedLive, EnvironmentState, PlanAction, Step } from "./plan.ts";

/** Everything the steps of one way follow from. */
export interface Way {
  readonly action: PlanAction;
  readonly only: "web" | null;
  readonly before: EnvironmentState;
  readonly goal: EnvironmentState;
  /** Where it leads; null: back to nothing. */
  readonly release: StoredRelease | null;
  /** File list that the goal serves, and the one that is served now, where they could be read. */
  readonly web: WebFileList | null;
  readonly webBefore: WebFileList | null;
  /** What unfinished promotions may have left: where each of their plans led. */
  readonly left: readonly EnvironmentState[];
  readonly driftAccepted: boolean;
  readonly migrationTemplate: Digest | null;
}

/**
 * Promotion, rollback, resumption and going back are this one function with another goal. Forward: new pages need the new
 * API, so they come last; back: so old pages come first, and services in reverse.
 */
export function planSteps(way: Way, facts: Facts): readonly Step[] {
  const services = way.only === "web" ? [] : serviceSteps(way, facts);
  const retired = way.only === "web" ? [] : retireSteps(way, facts);
  const web = webSteps(way, facts);
  const additions = [...pinStep(way), ...prepareStep(services), ...publishStep(way, facts)];
  const verify: Step = { kind: "verify-live", already: false, state: way.goal, told: askedLive(way, facts) };
  if (way.action === "promote")
    return [...additions, ...migrationStep(way, facts.standing.schema), ...services, ...retired, ...web, verify];
  return [...additions, ...web, ...services.toReversed(), ...retired, verify];
}

/** What `verifyLive` will ask through the public address. */
function askedLive(way: Way, facts: Facts): AskedLive {
  if (facts.target.status !== "known" || facts.target.value?.target.url == null) return { entries: 0, smokeChecks: 0 };
  // Pages alone: the services stay, and are asked what their own release says.
  const stays =
    facts.before?.status === "known" && facts.before.value.status === "found" ? facts.before.value.release : null;
  const release = way.only === "web" ? stays : way.release;
  const shapes = (release?.manifest.services ?? []).filter(({ name }) => way.goal.services[name]);
  return {
    entries: way.goal.web ? countAskedEntries(way.web) : 0,
    smokeChecks: shapes.reduce((sum, { smoke }) => sum + smoke.length, 0),
  };
}

function pinStep(way: Way): readonly Step[] {
  if (!way.release || way.action === "go-back") return [];
  const { images, migrations } = way.release.manifest;
  const services = new Set(Object.values(images).map(({ digest }) => digest));
  const runner = migrations?.runner.image.digest;
  const hasRunner = runner !== undefined && !services.has(runner);
  return [
    {
      kind: "pin-artifacts",
      already: false,
      sha: way.release.manifest.git.sha,
      images: [...services, ...(hasRunner ? [runner] : [])].toSorted(),
      ...(hasRunner ? { told: { hasRunner } } : {}),
    },
  ];
}

function prepareStep(rolls: readonly Step[]): readonly Step[] {
  const services = rolls.flatMap((step) =>
    step.kind === "roll-service" ? [{ service: step.service, to: step.to }] : [],
  );
  return services.length === 0
    ? []
    : [{ kind: "prepare-services", already: rolls.every((step) => step.already), services }];
}

/** Going back looks for itself: what was seen of the pool was asked of the other release, and somebody may have emptied it. */
function publishStep(way: Way, facts: Facts): readonly Step[] {
  if (!way.goal.web) return [];
  const isSeen = facts.pool?.status === "known" && way.action !== "go-back";
  const missing = isSeen ? new Set(facts.pool.value.missing) : null;
  const files = (way.web?.files ?? []).filter(
    (file) => file.role === "asset" && (missing === null || missing.has(file.path)),
  );
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return [
    {
      kind: "publish-web",
      already: missing !== null && files.length === 0,
      web: way.goal.web,
      files: files.length,
      bytes,
    },
  ];
}

function migrationStep(way: Way, schema: SchemaBelief): readonly Step[] {
  const migrations = way.release?.manifest.migrations;
  if (!migrations || !way.release || !way.migrationTemplate) return [];
  const applied = new Set(schema.applied.map((migration) => migration.name));
  const pending = migrations.files.map((file) => file.name).filter((name) => !applied.has(name));
  return [
    {
      kind: "run-migrations",
      already: schema.certain && pending.length === 0,
      sha: way.release.manifest.git.sha,
      template: way.migrationTemplate,
      pending,
      expect: schema,
    },
  ];
}

function serviceSteps(way: Way, facts: Facts): readonly Step[] {
  const order = orderOf(way, facts);
  return order.flatMap((service): readonly Step[] => {
    const to = way.goal.services[service] ?? null;
    if (!to) return [];
    const look = facts.services[service];
    const already = look?.status === "known" && proves(look.value, to);
    return [{ kind: "roll-service", already, service, to, expects: expectedAt(way, facts, service) }];
  });
}

/** The release's own order; services that it does not name (going back to nothing known) by name. */
function orderOf(way: Way, facts: Facts): readonly ServiceName[] {
  const shapes =
    way.release?.manifest.services ??
    (facts.before?.status === "known" && facts.before.value.status === "found"
      ? facts.before.value.release.manifest.services
      : []);
  const named = shapes.map((shape) => shape.name);
  const rest = Object.keys(way.goal.services)
    .filter((name) => !named.some((known) => known === name))
    .toSorted() as ServiceName[];
  return [...named, ...rest];
}

function expectedAt(way: Way, facts: Facts, service: string): readonly (Revision | null)[] | "anything" {
  const look = facts.services[service];
  const wanted = look?.status === "known" ? look.value.wanted : null;
  if (wanted === "unknown-revision" && way.driftAccepted) return "anything";
  const candidates = [
    way.before.services[service] ?? null,
    way.goal.services[service] ?? null,
    ...way.left.map(({ services }) => services[service] ?? null),
  ];
  if (wanted !== "unknown-revision") candidates.push(wanted);
  return candidates.filter(
    (revision, index) => candidates.findIndex((other) => sameRevision(other, revision)) === index,
  );
}

function retireSteps(way: Way, facts: Facts): readonly Step[] {
  const gone = Object.entries(way.goal.services).filter(([, revision]) => revision === null);
  const leftOver = [way.before, ...way.left]
    .flatMap(({ services }) => Object.entries(services))
    .filter(([name, revision]) => revision !== null && !way.goal.services[name]);
  const names = new Set([...gone, ...leftOver].map(([name]) => name as ServiceName));
  return [...names].toSorted().map((service) => {
    const look = facts.services[service];
    return { kind: "retire-service", already: look?.status === "known" && provesGone(look.value), service };
  });
}

function webSteps(way: Way, facts: Facts): readonly Step[] {
  const { web: from } = way.before;
  const { web: to } = way.goal;
  const left = way.left.map(({ web }) => web);
  if (!from && !to && left.every((web) => !web)) return [];
  const already = facts.web?.status === "known" && sameWeb(facts.web.value.web, to);
  // An edge may keep an entry of any of them, also one that is equal in the two that are compared.
  const others = [from, ...left].filter((web) => web && !sameWeb(web, to));
  const several = others.some((web) => !sameWeb(web, others[0] ?? null));
  const paths = several ? ["/*"] : pathsToInvalidate(way.webBefore, way.web);
  const unmoved = sameWeb(from, to) && left.every((web) => sameWeb(web, to));
  if (unmoved && way.action !== "go-back")
    return already
      ? []
      : [switchStep(way, already), { kind: "invalidate", already: false, paths: pathsToInvalidate(null, way.web) }];
  return [
    switchStep(way, already),
    ...(paths.length === 0 ? [] : [{ kind: "invalidate" as const, already: false, paths }]),
  ];
}

const switchStep = ({ before, goal, web }: Way, already: boolean): Step => ({
  kind: "switch-web",
  already,
  from: before.web,
  to: goal.web,
  ...(goal.web && web ? { told: { entries: entriesOf(web).length } } : {}),
});

export const sameWeb = (a: WebRevision | null, b: WebRevision | null): boolean =>
  a?.digest === b?.digest && a?.sha === b?.sha;

/** CloudFront takes at most 3,000 paths in flight; beyond this many one wildcard is cheaper and as right (aws.md C4). */
const mostPaths = 200;

/** What is not known before is taken as different. A fallback answers any page address, and an edge may keep each of them. */
function pathsToInvalidate(before: WebFileList | null, after: WebFileList | null): readonly string[] {
  if (before === null && after === null) return ["/*"];
  const paths = invalidationPaths(before, after);
  const fallbacks = [before?.fallback, after?.fallback].filter((fallback) => fallback != null);
  const fallbackMoved = before !== null && before.fallback !== (after?.fallback ?? null);
  const fallbackChanged = fallbacks.some((fallback) => paths.includes(`/${encodeURI(fallback)}`));
  return paths.length > mostPaths || fallbackMoved || fallbackChanged ? ["/*"] : paths;
}
