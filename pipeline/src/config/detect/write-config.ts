import type { Proposal, ServiceProposal, WebProposal } from "./proposal.ts";

const remarkColumn = 41;

/** The text of slipway.yaml for a proposal, with the same layout and remarks for every app. */
export function writeConfig(app: string, proposal: Proposal, schemaIsInstalled: boolean): string {
  const { build, services, migrations, web } = proposal;
  const lines = [
    ...(schemaIsInstalled ? ["# yaml-language-server: $schema=./node_modules/@slipway/cli/schema/slipway.json"] : []),
    "version: 1",
    `app: ${scalar(app)}`,
    ...(build.length === 0
      ? []
      : writeList("", "build", build, "run once, in a clean checkout of the commit, without a shell")),
    remarked("environments:", "the ladder, bottom first"),
    "  dev: {}",
    "  staging: {}",
    "  prod: { soak: 24h, approvals: 1 }",
  ];
  if (services.length > 0) lines.push("services:", ...services.flatMap(writeService));
  if (migrations) {
    const database = migrations.database === null ? "" : `, database: ${migrations.database}`;
    lines.push(`migrations: { ${migrations.engine}: ${scalar(migrations.folder)}${database} }`);
  }
  if (web) lines.push(writeWeb(web));
  lines.push(remarked("local: { waive: [soak, approval] }", "trying it alone on a laptop; AWS never reads this"));
  return `${lines.join("\n")}\n`;
}

function writeService(service: ServiceProposal): readonly string[] {
  const check = (key: ServiceProposal["guesses"][number]) => (service.guesses.includes(key) ? "check this" : "");
  const key = (name: "run" | "port" | "health", value: string) =>
    remarked(`    ${name}: ${scalar(value)}`, check(name));
  return [
    `  ${service.name}:`,
    ...(service.build && service.build.length > 0 ? writeList("    ", "build", service.build, "") : []),
    ...writeList("    ", "files", service.files, check("files")),
    key("run", service.run),
    ...(service.port === null ? [] : [key("port", service.port)]),
    ...(service.paths === null ? [] : writeList("    ", "paths", service.paths, check("paths"))),
    ...(service.health === null ? [] : [key("health", service.health)]),
    ...(service.smoke.length === 0 ? [] : writeList("    ", "smoke", service.smoke, "")),
  ];
}

function writeWeb({ folder, assets, fallback, guess }: WebProposal): string {
  const parts = [`folder: ${scalar(folder)}`];
  if (assets.length > 0) parts.push(`assets: [${assets.map((asset) => JSON.stringify(asset)).join(", ")}]`);
  if (fallback !== null) parts.push(`fallback: ${scalar(fallback)}`);
  return remarked(`web: { ${parts.join(", ")} }`, guess ? "check this" : "");
}

/** On one line while it fits. */
function writeList(indent: string, key: string, items: readonly string[], remark: string): readonly string[] {
  const line = `${indent}${key}: [${items.map(scalar).join(", ")}]`;
  if (line.length <= 90) return [remarked(line, remark)];
  return [remarked(`${indent}${key}:`, remark), ...items.map((item) => `${indent}  - ${scalar(item)}`)];
}

const remarked = (text: string, remark: string): string =>
  remark === "" ? text : `${text.padEnd(remarkColumn - 1)} # ${remark}`;

/** Plain where YAML reads it back as the same text, in a list too; quoted otherwise. */
function scalar(text: string): string {
  const plain = /^[A-Za-z/_.][A-Za-z0-9_./@=+*-]*(?:[ :][A-Za-z0-9_./@=+*-]+)*$/.test(text);
  const another = /^(?:true|false|null|~|\.inf|\.nan|\.)$/i.test(text) || text.endsWith(":");
  return plain && !another ? text : JSON.stringify(text);
}
