import type { ServiceProposal } from "./proposal.ts";
import { type InitFinding, type RepositoryLook, readSources } from "./repository-look.ts";
import { findPortVariable, findRoutes, type Routes } from "./routes.ts";

export interface ServerSight {
  /** Where it was seen, for people. */
  readonly source: string;
  /** Below which its sources are; "" for all. */
  readonly folder: string;
  readonly files: readonly string[];
  readonly run: string;
  /** When the framework itself decides the variable. */
  readonly port?: string;
  readonly guesses: ServiceProposal["guesses"];
}

/** A service that answers HTTP, with what its sources tell of port, health and paths. */
export function httpService(
  look: RepositoryLook,
  sight: ServerSight,
): { readonly service: ServiceProposal; readonly finding: InitFinding } {
  const sources = readSources(look, sight.folder);
  const routes = findRoutes(sources);
  const read = sight.port ?? findPortVariable(sources);
  const port = read ?? "PORT";
  const guesses: ServiceProposal["guesses"][number][] = [...sight.guesses];
  if (!read) guesses.push("port");
  if (!routes.health) guesses.push("health");
  const service: ServiceProposal = {
    name: "api",
    files: sight.files,
    run: sight.run,
    port,
    paths: routes.patterns.length > 0 ? routes.patterns : null,
    health: routes.health ?? "/",
    smoke: routes.hasVersion ? ["GET /version 200"] : [],
    guesses,
  };
  const seen = [read ? port : "no port variable", routes.health ?? "no health route", routesSeen(routes)];
  return {
    service,
    finding: {
      source: sight.source,
      seen: seen.join(", "),
      key: "services.api",
      certain: read !== null && routes.health !== null,
    },
  };
}

function routesSeen({ count, patterns }: Routes): string {
  const routes = count === 1 ? "1 route" : `${count} routes`;
  if (patterns.length === 0) return routes;
  const shown = patterns.slice(0, 3).join(" and ");
  return `${routes}: ${shown}${patterns.length > 3 ? " and more" : ""}`;
}
