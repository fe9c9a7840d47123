import { quoteInput } from "../../identifiers.ts";
import type { ConfigRule, Finding } from "../draft.ts";
import { nearestWord } from "../nearest-word.ts";

export const oneMigrationEngine: ConfigRule = ({ migrations }) => {
  if (!migrations?.content) return [];
  const { knex, sql } = migrations.content;
  if (knex !== undefined && sql !== undefined) {
    return [{ path: ["migrations", "sql"], message: "is one too many: exactly one of knex and sql" }];
  }
  return (knex ?? sql) ? [] : [{ path: ["migrations"], message: "names no folder: exactly one of knex and sql" }];
};

export const migrationServiceExists: ConfigRule = ({ migrations, services }) => {
  if (!migrations?.content) return [];
  const { knex, service } = migrations.content;
  const path = ["migrations", "service"];
  if (service === undefined) {
    if (knex === undefined || services.length > 0) return [];
    return [{ path: ["migrations", "knex"], message: "needs a service whose image holds knex and the folder" }];
  }
  if (knex === undefined) return [{ path, message: "is for knex only; plain SQL is applied by Slipway's own runner" }];
  const names = services.map(({ name }) => name);
  if (names.includes(service)) return [];
  const meant = nearestWord(service, names);
  const hint = meant ? `did you mean ${meant}?` : `there is ${names.join(", ") || "none"}`;
  return [{ path, message: `${quoteInput(service)} is not a service; ${hint}` }];
};

/** Knex runs inside the service's image, so the folder has to be in there. */
export const imageHoldsMigrations: ConfigRule = ({ migrations, services }) => {
  const folder = migrations?.content?.knex;
  if (folder === undefined) return [];
  const wanted = migrations?.content?.service ?? services[0]?.name;
  const service = services.find(({ name }) => name === wanted);
  const files = service?.content?.files;
  if (!service || !files || files.some((file) => holds(file, folder))) return [];
  return [{ path: ["services", service.name, "files"], message: `lacks ${folder}, the folder of migrations.knex` }];
};
const holds = (parent: string, path: string): boolean =>
  parent === "." || path === parent || path.startsWith(`${parent}/`);

export const lockTimeoutFits: ConfigRule = ({ migrations }) => {
  if (!migrations?.content || migrations.content.lock_timeout < migrations.content.timeout) return [];
  return [{ path: ["migrations", "lock_timeout"], message: "is not shorter than timeout" }];
};

export const somethingMoves: ConfigRule = ({ services, web, migrations }): readonly Finding[] =>
  services.length > 0 || web || migrations
    ? []
    : [{ path: [], message: "has nothing to promote: no services, migrations or web" }];
