import type { Target } from "../environment/target.ts";
import { quoteInput } from "../identifiers.ts";
import type { AwsSite } from "./site.ts";

export interface Finding {
  /** Dotted, as it stands in target.json. */
  readonly path: string;
  readonly message: string;
}

/** What one field alone cannot tell: everything in which a target and its site contradict each other. Pure. */
export const judgeTargetAndSite = (target: Target, site: AwsSite): readonly Finding[] =>
  [
    kindIsAws(target),
    nothingHostsAnyService(target),
    ...servicesAgree(target, site),
    migrationsHaveTasks(target, site),
    ...websAgree(target, site),
    pointerHasItsStore(target, site),
    urlIsEncrypted(target, site),
    oneWayOntoHosts(site),
    expressByArn(site),
    ...arnsAreOfTheAccount(site),
  ].flatMap((finding) => finding ?? []);

const kindIsAws = ({ kind }: Target): Finding | null =>
  kind === "aws" ? null : { path: "kind", message: `is ${kind}; the ladder of a store on S3 is on AWS` };

const nothingHostsAnyService = ({ anyService }: Target): Finding | null =>
  anyService === null ? null : { path: "anyService", message: "ECS hosts the services that are named; make it null" };

function servicesAgree({ services }: Target, site: AwsSite): readonly Finding[] {
  const lacks = (names: object, of: object) => Object.keys(names).filter((name) => !Object.hasOwn(of, name));
  return [
    ...lacks(services, site.services).map((name) => ({
      path: `site.services.${name}`,
      message: `is required: services has ${name}`,
    })),
    ...lacks(site.services, services).map((name) => ({
      path: `services.${name}`,
      message: `is required: site.services has ${name}`,
    })),
  ];
}

const migrationsHaveTasks = ({ migrations }: Target, { tasks }: AwsSite): Finding | null =>
  migrations === null || tasks !== null
    ? null
    : { path: "site.tasks", message: "is required: migrations names the task that runs them" };

function websAgree({ web }: Target, site: AwsSite): readonly Finding[] {
  if (web && !site.web) return [{ path: "site.web", message: "is required: web says how pages are switched" }];
  if (!web && site.web) return [{ path: "web", message: "is required: site.web says where pages lie" }];
  return [];
}

function pointerHasItsStore({ web }: Target, site: AwsSite): Finding | null {
  const path = "site.web.keyValueStore";
  if (web === null || site.web === null) return null;
  const hasStore = site.web.keyValueStore !== null;
  if (web.switch === "pointer" && !hasStore)
    return { path, message: "is required: web.switch is pointer; without one it is sync" };
  if (web.switch === "sync" && hasStore)
    return { path, message: "must be null: web.switch is sync; with one it is pointer" };
  return null;
}

function urlIsEncrypted({ url }: Target, { endpoint }: AwsSite): Finding | null {
  if (url === null) return null;
  const parsed = URL.parse(url);
  const isAllowed = parsed?.protocol === "https:" || (parsed?.protocol === "http:" && endpoint !== null);
  if (!parsed || !isAllowed) return { path: "url", message: `${quoteInput(url)} is not an address with https://` };
  const isBare = parsed.pathname === "/" && parsed.search === "" && parsed.hash === "" && parsed.username === "";
  return isBare && !url.endsWith("/")
    ? null
    : { path: "url", message: "is a host alone: no path, no slash at its end, no login" };
}

/** API_RunTask: one of the two. */
const oneWayOntoHosts = ({ tasks }: AwsSite): Finding | null =>
  tasks?.launchType !== undefined && tasks.capacityProviderStrategy !== undefined
    ? { path: "site.tasks.launchType", message: "does not go with capacityProviderStrategy; leave one out" }
    : null;

/** API_UpdateExpressGatewayService takes nothing else. */
const expressByArn = ({ services }: AwsSite): Finding | null => {
  const named = Object.entries(services).find(([, { kind, service }]) => kind === "express" && !isArn(service));
  return named === undefined
    ? null
    : { path: `site.services.${named[0]}.service`, message: "is the ARN where kind is express" };
};

const isArn = (text: string): boolean => text.startsWith("arn:");

/** The guard asks about one account; what lies in another would be changed unguarded. */
function arnsAreOfTheAccount(site: AwsSite): readonly Finding[] {
  const named: readonly (readonly [path: string, arn: string | null])[] = [
    ["site.role", site.role],
    ["site.cluster", site.cluster],
    ...Object.entries(site.services).flatMap(([name, { service, madeWith }]) => [
      [`site.services.${name}.service`, service] as const,
      [`site.services.${name}.madeWith`, madeWith] as const,
    ]),
    ["site.web.keyValueStore", site.web?.keyValueStore ?? null],
  ];
  return named.flatMap(([path, arn]) => {
    if (arn === null || !isArn(arn)) return [];
    const [, , , region = "", account = ""] = arn.split(":");
    if (account !== site.account)
      return [{ path, message: `is of account ${account}; site.account is ${site.account}` }];
    return region === "" || region === site.region
      ? []
      : [{ path, message: `is in ${region}; site.region is ${site.region}` }];
  });
}
