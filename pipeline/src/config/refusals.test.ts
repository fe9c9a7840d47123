import { describe, expect, test } from "vitest";
import { configError, parseConfig } from "./load.ts";

const base = `version: 1
app: orders
store: s3://acme-slipway/orders
build: [npm ci]
environments:
  dev: {}
  prod: { soak: 24h }
services:
  api: { files: [dist, db], run: node dist/api.js, port: PORT, paths: [/api/*], health: /healthz }
  worker: { files: [dist], run: node dist/worker.js }
migrations: { knex: db/migrations }
web: { folder: dist/web }
`;
/** The base with a part replaced; a row whose part is not in it would prove nothing. */
function but(part: string, by: string): string {
  if (!base.includes(part)) throw new Error(`the base has no ${part}`);
  return base.replace(part, by);
}
const prod = (keys: string) => but("{ soak: 24h }", `{ ${keys} }`);
const worker = (keys: string) => but("{ files: [dist], run: node dist/worker.js }", `{ ${keys} }`);
const run = (command: string) => worker(`files: [dist], run: ${JSON.stringify(command)}`);
const freeze = (keys: string) => prod(`freeze: [{ name: x, ${keys} }]`);
const also = (text: string) => `${base}${text}\n`;
const local = (text: string) => `${base.replace("store: s3://acme-slipway/orders\n", "")}local: ${text}\n`;

const refused: readonly (readonly [name: string, yaml: string, path: string, message: string])[] = [
  ["an empty file", "", "", "is empty"],
  ["a list", "- a\n- b\n", "", "is a list, not a group of keys"],
  ["a bare word", "slipway", "", "is text, not a group of keys"],
  ["broken YAML", "app: [orders\n", "", "is not YAML"],
  ["a tab as indentation", "environments:\n\tdev: {}\n", "", "is not YAML"],
  ["two documents", `${base}---\n${base}`, "", "second document"],
  ["a directive", `%YAML 1.1\n---\n${base}`, "", "% directive"],
  ["a tag", but("app: orders", "app: !!str orders"), "app", "has the tag"],
  ["a tag that runs code elsewhere", but("app: orders", "app: !!js/function orders"), "app", "has the tag"],
  ["an anchor", but("dev: {}", "dev: &dev {}"), "environments.dev", "anchor"],
  ["an alias", but("dev: {}", "dev: &a {}\n  other: *a"), "environments.other", "alias"],
  ["a billion laughs", `a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]\n${base}`, "d[0]", "alias"],
  ["a merge key", but("dev: {}", "dev: { <<: { soak: 1h } }"), "environments.dev", "key that is no name"],
  ["a number as a key", but("dev: {}", "1: {}"), "environments", "key that is no name"],
  ["a prototype as a key", but("dev: {}", "__proto__: {}"), "environments", "key that is no name"],
  ["a key twice", but("dev: {}", "dev: {}\n  dev: {}"), "environments.dev", "is there twice"],
  ["more than 256 KiB", `${base}# ${"x".repeat(256 * 1024)}`, "", "larger than 256 KiB"],
  ["more than 256 KiB of letters of two bytes", `${base}# ${"ü".repeat(130 * 1024 + 2000)}`, "", "larger than 256 KiB"],
  ["brackets without end", `build: ${"[".repeat(100_000)}`, "", "nested too deep"],
  ["lists without end", "- ".repeat(100_000), "", "nested too deep"],
  ["tens of thousands of keys", Array.from({ length: 24_000 }, (_, i) => `k${i}: 1`).join("\n"), "", "too many parts"],
  ["no version", but("version: 1\n", ""), "version", "is required; write 1"],
  ["another version", but("version: 1", "version: 2"), "version", "write 1"],
  ["no app", but("app: orders\n", ""), "app", "is required"],
  ["an app in capitals", but("app: orders", "app: Orders"), "app", "no app name"],
  ["an app that leaves its folder", but("app: orders", "app: ../x"), "app", "no app name"],
  ["a mistyped key", but("build: [", "biuld: ["), "biuld", "did you mean build?"],
  ["a key of nobody", also("zzzzzzz: 1"), "zzzzzzz", "it has version, app"],
  ["a mistyped key of an environment", prod("sokk: 24h"), "environments.prod.sokk", "did you mean soak?"],
  ["no environments", but("environments:\n  dev: {}\n  prod: { soak: 24h }\n", ""), "environments", "is required"],
  [
    "an empty ladder",
    but("environments:\n  dev: {}\n  prod: { soak: 24h }\n", "environments: {}\n"),
    "environments",
    "1 to 12",
  ],
  ["an empty environment", but("dev: {}", "dev:"), "environments.dev", "is empty; give it a group of keys"],
  [
    "thirteen environments",
    but("  dev: {}", Array.from({ length: 12 }, (_, index) => `  e${index}: {}`).join("\n")),
    "environments",
    "1 to 12",
  ],
  ["an environment's name in capitals", but("dev: {}", "Dev: {}"), "environments.Dev", "no environment name"],
  ["a bad part below a bad name", but("dev: {}", "Dev: { soak: 24 }"), "environments.Dev.soak", "write 24h"],
  ["a bare number as a duration", prod("soak: 24"), "environments.prod.soak", "24 has no unit; write 24h"],
  ["a quoted number as a duration", prod('soak: "90"'), "environments.prod.soak", "90 has no unit; write 90h"],
  ["a duration in words", prod("soak: 1 day"), "environments.prod.soak", '"1 day" is not a duration'],
  ["a duration below zero", prod("soak: -1h"), "environments.prod.soak", "is not a duration"],
  ["a soak of years", prod("soak: 9999d"), "environments.prod.soak", "longer than a year"],
  [
    "a soak on the first environment",
    but("dev: {}", "dev: { soak: 1h }"),
    "environments.dev.soak",
    "nothing to wait for",
  ],
  ["half an approval", prod("approvals: 0.5"), "environments.prod.approvals", "0.5 is not a whole number"],
  ["approvers that nobody asks", prod("approvers: [octocat]"), "environments.prod.approvers", "approvals is 0"],
  [
    "fewer approvers than approvals",
    prod("approvals: 2, approvers: [octocat]"),
    "environments.prod.approvers",
    "fewer than the 2",
  ],
  ["an account as a number", prod("account: 111122223333"), "environments.prod.account", "12 digits in quotes"],
  ["an account that is too short", prod('account: "1234"'), "environments.prod.account", "12 digits"],
  ["a region that is none", prod("region: frankfurt"), "environments.prod.region", "not an AWS region"],
  ["targets that differ", prod("target: local"), "environments.prod.target", "is local, but aws before it"],
  ["an unknown target", prod("target: awss"), "environments.prod.target", "did you mean aws?"],
  [
    "the target aws with a folder",
    but("store: s3://acme-slipway/orders", "store: x")
      .replace("dev: {}", "dev: { target: aws }")
      .replace("soak: 24h", "target: aws"),
    "store",
    "is a folder",
  ],
  [
    "the target local with a bucket",
    but("dev: {}", "dev: { target: local }").replace("soak: 24h", "target: local"),
    "environments.dev.target",
    "the store is in S3",
  ],
  [
    "a role on the target local",
    but("store: s3://acme-slipway/orders\n", "").replace("soak: 24h", "role: x"),
    "environments.prod.role",
    "means nothing",
  ],
  ["a store of another cloud", but("s3://acme-slipway/orders", "gs://acme/orders"), "store", "neither s3://"],
  ["a bucket without a prefix", but("s3://acme-slipway/orders", "s3://acme-slipway"), "store", "neither s3://"],
  [
    "an override of a safety rule",
    prod("override: [quarantined]"),
    "environments.prod.override[0]",
    "cannot be overridden",
  ],
  ["an override of no rule", prod("override: [sokk]"), "environments.prod.override[0]", "did you mean soak?"],
  ["an override twice", prod("override: [soak, soak]"), "environments.prod.override[1]", "is there twice"],
  [
    "a weekday that is none",
    freeze("from: Fry 16:00, until: Mon 08:00, zone: UTC"),
    "environments.prod.freeze[0].from",
    "did you mean Fri?",
  ],
  [
    "30 February",
    freeze("from: 2026-02-30 16:00, until: 2026-03-08 08:00, zone: UTC"),
    "environments.prod.freeze[0].from",
    "date that exists",
  ],
  [
    "25 o'clock",
    freeze("from: Fri 25:00, until: Mon 08:00, zone: UTC"),
    "environments.prod.freeze[0].from",
    "is no time",
  ],
  [
    "a weekday and a date",
    freeze("from: Fri 16:00, until: 2026-03-08 08:00, zone: UTC"),
    "environments.prod.freeze[0].until",
    "two weekdays or two dates",
  ],
  [
    "a freeze that ends before it begins",
    freeze("from: 2026-03-09 16:00, until: 2026-03-08 08:00, zone: UTC"),
    "environments.prod.freeze[0].until",
    "ends before it begins",
  ],
  [
    "a freeze of no length",
    freeze("from: Fri 16:00, until: Fri 16:00, zone: UTC"),
    "environments.prod.freeze[0].until",
    "ends when it begins",
  ],
  [
    "a mistyped zone",
    freeze("from: Fri 16:00, until: Mon 08:00, zone: Europe/Berln"),
    "environments.prod.freeze[0].zone",
    "did you mean Europe/Berlin?",
  ],
  [
    "an offset as a zone",
    freeze('from: Fri 16:00, until: Mon 08:00, zone: "+01:00"'),
    "environments.prod.freeze[0].zone",
    "not a time zone",
  ],
  [
    "a freeze without a zone",
    freeze("from: Fri 16:00, until: Mon 08:00"),
    "environments.prod.freeze[0].zone",
    "is required",
  ],
  [
    "two freezes of one name",
    prod(
      "freeze: [{ name: x, from: Fri 16:00, until: Mon 08:00, zone: UTC }, { name: x, from: Tue 16:00, until: Tue 18:00, zone: UTC }]",
    ),
    "environments.prod.freeze[1]",
    "is there twice",
  ],
  ["a list of commands as text", but("[npm ci]", "npm ci"), "build", "write [npm ci]"],
  [
    "two commands in one",
    run("npm ci && npm start"),
    "services.worker.run",
    "not a shell: put each command on its own line",
  ],
  ["a pipe", run("cat a | sh"), "services.worker.run", "has | outside quotes; not a shell"],
  ["a semicolon", run("a; b"), "services.worker.run", "has ; outside quotes; not a shell"],
  ["a redirection", run("a > b"), "services.worker.run", "has > outside quotes; not a shell"],
  ["a variable in a command", run("serve --port $PORT"), "services.worker.run", "has $ outside quotes; not a shell"],
  ["a pattern in a command", run("cat *"), "services.worker.run", "has * outside quotes; not a shell"],
  ["a variable before a command", run("A=1 node x"), "services.worker.run", "write env before it"],
  ["a change of folder", run("cd web"), "services.worker.run", "is not a program"],
  ["a quote without an end", run('node "x'), "services.worker.run", "never closed"],
  ["a line break in a command", run("node x\nrm y"), "services.worker.run", "control character"],
  ["an empty command", run(" "), "services.worker.run", "names no program"],
  ["no command", worker("files: [dist]"), "services.worker.run", "is required"],
  ["no files and no dockerfile", worker("run: node x"), "services.worker.files", "is required without dockerfile"],
  ["a file outside", worker("files: [../secret], run: node x"), "services.worker.files[0]", "leaves the checkout"],
  ["an absolute file", worker("files: [/etc/passwd], run: node x"), "services.worker.files[0]", "is absolute"],
  ["a pattern of files", worker('files: ["dist/*"], run: node x'), "services.worker.files[0]", "is a pattern"],
  [
    "a port as a number",
    worker("files: [dist], run: node x, port: 3000"),
    "services.worker.port",
    "not the name of a variable",
  ],
  [
    "a port without health",
    worker("files: [dist], run: node x, port: PORT, paths: [/w]"),
    "services.worker.health",
    "required with port",
  ],
  ["paths without a port", worker("files: [dist], run: node x, paths: [/w]"), "services.worker.paths", "needs port"],
  [
    "a smoke check without a port",
    worker("files: [dist], run: node x, smoke: [GET / 200]"),
    "services.worker.smoke",
    "needs port",
  ],
  [
    "a health path without a port",
    worker("files: [dist], run: node x, health: /h"),
    "services.worker.health",
    "a worker takes a command",
  ],
  [
    "healthy_after beside health",
    worker("files: [dist], run: node x, health: check, healthy_after: 5s"),
    "services.worker.healthy_after",
    "only for a service without health",
  ],
  [
    "a worker that is never healthy in time",
    worker("files: [dist], run: node x, healthy_after: 60s"),
    "services.worker.healthy_after",
    "never count as healthy",
  ],
  [
    "a port beside web without paths",
    worker("files: [dist], run: node x, port: PORT, health: /h"),
    "services.worker.paths",
    "required beside web",
  ],
  ["all paths beside web", but("[/api/*]", "[/*]"), "services.api.paths[0]", "leaves nothing to web"],
  ["a path that climbs", but("[/api/*]", "[/api/../x]"), "services.api.paths[0]", "is not a path"],
  ["a star in the middle of a path", but("[/api/*]", "[/*/x]"), "services.api.paths[0]", "is not a path"],
  [
    "two services on one path",
    worker("files: [dist], run: node x, port: PORT, paths: [/api/*], health: /h"),
    "services.worker.paths",
    "routed to api already",
  ],
  [
    "a smoke check without a status",
    but("health: /healthz", "health: /healthz, smoke: [GET /]"),
    "services.api.smoke[0]",
    "METHOD PATH STATUS [TEXT]",
  ],
  [
    "a smoke check by an unknown method",
    but("health: /healthz", "health: /healthz, smoke: [LOOK / 200]"),
    "services.api.smoke[0]",
    "METHOD PATH STATUS [TEXT]",
  ],
  [
    "no instances",
    but("health: /healthz", "health: /healthz, instances: 0"),
    "services.api.instances",
    "is at least 1, not 0",
  ],
  ["a retired service that is still here", also("retired: [worker]"), "retired[0]", "still a service"],
  ["knex and sql", but("{ knex: db/migrations }", "{ knex: db/migrations, sql: db }"), "migrations.sql", "exactly one"],
  ["neither knex nor sql", but("{ knex: db/migrations }", "{ timeout: 1m }"), "migrations", "exactly one"],
  [
    "a migration service that is mistyped",
    but("{ knex: db/migrations }", "{ knex: db/migrations, service: aip }"),
    "migrations.service",
    "did you mean api?",
  ],
  [
    "a service beside plain SQL",
    but("{ knex: db/migrations }", "{ sql: db, service: api }"),
    "migrations.service",
    "knex only",
  ],
  ["an image without the migrations", but("[dist, db]", "[dist]"), "services.api.files", "lacks db/migrations"],
  [
    "a lock timeout beyond the timeout",
    but("{ knex: db/migrations }", "{ knex: db/migrations, lock_timeout: 15m }"),
    "migrations.lock_timeout",
    "not shorter than timeout",
  ],
  ["web without a folder", but("{ folder: dist/web }", "{}"), "web.folder", "is required"],
  ["a web folder outside", but("folder: dist/web", "folder: ../web"), "web.folder", "leaves the checkout"],
  [
    "an unknown switch",
    but("folder: dist/web", "folder: dist/web, switch: pointr"),
    "web.switch",
    "did you mean pointer?",
  ],
  ["a rollback window of none", also("rollback_window: 0"), "rollback_window", "is at least 1"],
  ["a branch that is an option", also('branch: "--upload-pack=x"'), "branch", "not the name of a branch"],
  ["a port beyond the last one", local("{ port: 65534 }"), "local.port", "would need port 65536"],
  ["a number as a variable's value", local("{ env: { A: 1 } }"), "local.env.A", "put it in quotes"],
  ["a variable that Slipway sets", local("{ env: { DATABASE_URL: x } }"), "local.env.DATABASE_URL", "set by Slipway"],
  [
    "a safety rule that is waived",
    local("{ waive: [quarantined] }"),
    "local.waive[0]",
    "write soak or approval or freeze",
  ],
  [
    "an event that is none",
    also("notify: [{ url_env: A, format: slack, events: [fialed] }]"),
    "notify[0].events[0]",
    "did you mean failed?",
  ],
  ["nothing to promote", "version: 1\napp: x\nenvironments: { dev: {} }\n", "", "nothing to promote"],
];

describe("refused with config-invalid", () => {
  test("the base of all rows is not", () => {
    expect(parseConfig(base, "slipway.yaml")).toMatchObject({ ok: true });
  });

  for (const [name, yaml, path, message] of refused) {
    test(name, () => {
      const answer = parseConfig(yaml, "slipway.yaml");
      if (answer.ok) throw new Error("it was accepted");
      const told = answer.problems.filter((problem) => path === "" || problem.path === path);
      expect(told.map((problem) => problem.message).join("\n")).toContain(message);
      expect(answer.problems.every(({ line, column }) => line >= 1 && column >= 1)).toBe(true);
      expect(configError(answer.problems)).toMatchObject({ code: "config-invalid" });
    });
  }
});

test("all problems are told at once, in the file's order, each where its key stands", () => {
  const answer = parseConfig(
    `version: 1
app: orders
environments:
  dev: {}
  prod:
    soak: 24
    aprovals: 1
services:
  api:
    files: [dist]
    run: npm ci && node server.js
    port: PORT
`,
    "slipway.yaml",
  );
  if (answer.ok) throw new Error("it was accepted");
  expect(configError(answer.problems).message).toMatchInlineSnapshot(`
    "Config: slipway.yaml has 4 problems. Nothing was done.
    slipway.yaml:6:5  environments.prod.soak  24 has no unit; write 24h
    slipway.yaml:7:5  environments.prod.aprovals  is not a key of an environment; did you mean approvals?
    slipway.yaml:9:3  services.api.health  is required with port
    slipway.yaml:11:5  services.api.run  "npm ci && node server.js" has && outside quotes; not a shell: put each command on its own line"
  `);
});

test("one problem is one problem, and the headline counts what the list leaves out", () => {
  const one = parseConfig(but("version: 1", "version: 3"), "slipway.yaml");
  expect(one.ok || configError(one.problems).message.split("\n")[0]).toBe(
    "Config: slipway.yaml has 1 problem. Nothing was done.",
  );
  const many = parseConfig(also(Array.from({ length: 70 }, (_, i) => `zzzzzz${i}: 1`).join("\n")), "slipway.yaml");
  if (many.ok) throw new Error("it was accepted");
  const lines = configError(many.problems).message.split("\n");
  expect([lines[0], lines.length, lines.at(-1)]).toEqual([
    "Config: slipway.yaml has 70 problems. Nothing was done.",
    52,
    "and 20 more",
  ]);
});

test("an address in the place of a variable's name is never repeated", () => {
  const secret = "postgres://app:hunter2@db/orders";
  const answer = parseConfig(
    `${but("{ knex: db/migrations }", `{ knex: db/migrations, database: "${secret}" }`)}notify: [{ url_env: "https://hooks.example/hunter2", format: json }]\n`,
    "slipway.yaml",
  );
  if (answer.ok) throw new Error("it was accepted");
  expect(answer.problems).toHaveLength(2);
  expect(configError(answer.problems).message).not.toContain("hunter2");
});

test("what comes from the file cannot write to the terminal", () => {
  const answer = parseConfig(also('"\\u001b[2Jx": 1\n"a\\nb": 1'), "slipway.yaml");
  if (answer.ok) throw new Error("it was accepted");
  const { message } = configError(answer.problems);
  expect(message).not.toContain("\u001b");
  expect(message.split("\n")).toHaveLength(3);
});
