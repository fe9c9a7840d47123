import { prose, table } from "../../cli/src/help/reference-prose.ts";
import { parseConfig } from "../../pipeline/src/config/load.ts";

/** A rule, and a file that breaks this one alone: the base, with the first text replaced by the second. */
type BrokenRule = readonly [rule: string, part: string, by: string];

const base = `version: 1
app: orders
build: [npm ci]
environments:
  dev: {}
  prod: {}
services:
  api: { files: [dist, db], run: node dist/api.js, port: PORT, paths: [/api/*], health: /healthz }
  worker: { files: [dist], run: node dist/worker.js }
migrations: { knex: db }
web: { folder: pages }
`;

const brokenRules: readonly BrokenRule[] = [
  ["A key that is not one is named, with the nearest.", "build: [npm ci]", "biuld: [npm ci]"],
  ["A duration has a unit.", "prod: {}", "prod: { soak: 24 }"],
  ["A command is no line of a shell.", "run: node dist/worker.js", "run: node a.js && node b.js"],
  ["A path stays below the folder of the file.", "folder: pages", "folder: ../pages"],
  [
    "The address of a database does not belong here, its variable's name does.",
    "knex: db",
    "knex: db, database: postgres://x",
  ],
  [
    "The target aws has a store that others reach.",
    "  dev: {}\n  prod: {}",
    "  dev: { target: aws }\n  prod: { target: aws }",
  ],
  [
    "The target local has its store here.",
    "  dev: {}\n  prod: {}",
    "  dev: { target: local }\n  prod: { target: local }\nstore: s3://acme/orders",
  ],
  ["`account`, `region` and `role` are of AWS.", "prod: {}", "prod: { role: deploy }"],
  ["The first environment waits for none below it.", "dev: {}", "dev: { soak: 1h }"],
  ["Approvers are asked, and there are enough of them.", "prod: {}", "prod: { approvals: 2, approvers: [octocat] }"],
  [
    "A freeze has two weekdays or two dates.",
    "prod: {}",
    "prod: { freeze: [{ name: x, from: Fri 16:00, until: 2026-11-20 12:00, zone: UTC }] }",
  ],
  [
    "A freeze is in a zone that knows summer time.",
    "prod: {}",
    "prod: { freeze: [{ name: x, from: Fri 16:00, until: Mon 08:00, zone: Europe/Berlim }] }",
  ],
  ["Only what can be overridden may be allowed.", "prod: {}", "prod: { override: [quarantined] }"],
  ["An image holds something.", "worker: { files: [dist], ", "worker: { "],
  ["What has a port is asked whether it is healthy.", ", health: /healthz", ""],
  [
    "What has no port has no paths, no smoke checks, and a command for its health.",
    "files: [dist], run",
    "paths: [/x], files: [dist], run",
  ],
  ["`healthy_after` is for a service that nothing asks.", "health: /healthz", "health: /healthz, healthy_after: 5s"],
  ["Beside `web` a service says which paths are its own.", "paths: [/api/*], ", ""],
  [
    "One path leads to one service.",
    "worker: {",
    "admin: { files: [dist], run: node x.js, port: PORT, paths: [/api/*], health: /healthz }\n  worker: {",
  ],
  ["A retired service is gone.", "services:", "retired: [worker]\nservices:"],
  ["Migrations are of one kind.", "knex: db", "knex: db, sql: db"],
  ["Knex runs in an image that holds the folder.", "[dist, db]", "[dist]"],
  ["A lock is waited for less long than the whole.", "knex: db", "knex: db, timeout: 5s"],
  ["What Slipway sets is not set here.", "web:", "local: { env: { DATABASE_URL: x } }\nweb:"],
];

/** Each with the line that the program answers. @throws TypeError where the program does not refuse exactly that */
export function configRules(): string {
  const rows = brokenRules.map((broken) => [prose(broken[0]), answerTo(broken)]);
  return table(["rule", "said, for example"], rows);
}

function answerTo([rule, part, by]: BrokenRule): string {
  const answer = parseConfig(
    base.replace(part, () => by),
    "slipway.yaml",
  );
  const [problem, second] = answer.ok ? [] : answer.problems;
  if (!base.includes(part) || !problem || second)
    throw new TypeError(`not one problem: ${rule} ${JSON.stringify(answer)}`);
  return `\`${problem.path}\` ${prose(problem.message)}`;
}
