import { quoteInput } from "../../identifiers.ts";
import type { ConfigRule, DraftPart, Finding, ServiceDraft } from "../draft.ts";
import { targetOf } from "./ladder.ts";

const ofEach =
  (judge: (service: ServiceDraft, find: (key: string, message: string) => Finding) => readonly Finding[]): ConfigRule =>
  ({ services }) =>
    services.flatMap(({ name, content }) =>
      content ? judge(content, (key, message) => ({ path: ["services", name, key], message })) : [],
    );

export const imageHasContent: ConfigRule = ofEach(({ files, dockerfile }, find) =>
  files || dockerfile ? [] : [find("files", "is required without dockerfile")],
);

export const dockerfileNeedsAws: ConfigRule = ({ environments, services, store }) => {
  const local = environments.some(({ content }) => content && targetOf(content.target, store) === "local");
  if (!local) return [];
  return services.flatMap(({ name, content }) =>
    content?.dockerfile && !content.files
      ? [{ path: ["services", name, "files"], message: "is required on the target local, which builds no dockerfile" }]
      : [],
  );
};

/** What is routed needs to be asked before traffic reaches it; what is not routed has no path. */
export const portDecidesTheRest: ConfigRule = ofEach((service, find) => {
  if (service.port !== undefined) return service.health ? [] : [find("health", "is required with port")];
  const found: Finding[] = [];
  if (service.paths) found.push(find("paths", "needs port: without it this is a worker"));
  if (service.smoke.length > 0) found.push(find("smoke", "needs port: without it this is a worker"));
  if (service.health?.kind === "http") found.push(find("health", "is a path and needs port; a worker takes a command"));
  return found;
});

export const uptimeIsForTheUnasked: ConfigRule = ofEach((service, find) => {
  if (service.healthy_after === undefined) return [];
  if (service.health) return [find("healthy_after", "is only for a service without health")];
  if (service.healthy_after < service.start_timeout) return [];
  return [find("healthy_after", "is not shorter than start_timeout, so it would never count as healthy")];
});

export const pathsBesideWeb: ConfigRule = ({ services, web }) => {
  if (!web) return [];
  return services.flatMap(({ name, content }): Finding[] => {
    if (content?.port === undefined) return [];
    const path = ["services", name, "paths"];
    if (!content.paths) return [{ path, message: "is required beside web, which has the rest" }];
    const all = content.paths.indexOf("/*");
    return all < 0 ? [] : [{ path: [...path, all], message: "/* leaves nothing to web" }];
  });
};

/** The longest match wins, so only two equal patterns collide. */
export const routesAreApart: ConfigRule = ({ services, web }) => {
  const owners = new Map<string, string>();
  const found: Finding[] = [];
  for (const { name, content } of services) {
    if (content?.port === undefined) continue;
    for (const pattern of new Set(content.paths ?? (web ? [] : ["/*"]))) {
      const owner = owners.get(pattern);
      const path = ["services", name, "paths"];
      if (owner !== undefined) found.push({ path, message: `${pattern} is routed to ${owner} already` });
      else owners.set(pattern, name);
    }
  }
  return found;
};

export const retiredAreGone: ConfigRule = ({ services, retired }) =>
  retired.flatMap((name, index) =>
    services.some((service) => service.name === name)
      ? [{ path: ["retired", index], message: `${quoteInput(name)} is still a service of this file` }]
      : [],
  );

/** Slipway sets these itself; a second value would win or lose by accident. */
export const localEnvIsFree: ConfigRule = ({ localEnv, services, migrations }) => {
  const ports = services.flatMap(({ content }: DraftPart<ServiceDraft>) => content?.port ?? []);
  const taken = new Set([...ports, ...(migrations?.content ? [migrations.content.database] : [])]);
  return localEnv
    .filter((name) => taken.has(name) || name.startsWith("SLIPWAY_"))
    .map((name) => ({ path: ["local", "env", name], message: "is set by Slipway" }));
};
