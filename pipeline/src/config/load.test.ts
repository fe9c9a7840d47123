import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Config } from "./config.ts";
import { overridableCodes } from "./environment-schema.ts";
import { configJsonSchema } from "./json-schema.ts";
import { configError, parseConfig } from "./load.ts";
import { onThisMachine } from "./on-this-machine.ts";

const repository = new URL("../../../", import.meta.url);
const example = readFileSync(new URL("docs/reference/slipway.yaml", repository), "utf8");

function configOf(text: string): Config {
  const answer = parseConfig(text, "slipway.yaml");
  if (!answer.ok) throw configError(answer.problems);
  return answer.config;
}
/** The smallest file that promotes something: each default shows. */
const minimal = `version: 1
app: orders
environments: { dev: {}, prod: {} }
services:
  api: { files: [server.js], run: node server.js, port: PORT, health: /healthz }
  worker: { files: [worker.js], run: node worker.js }
`;

describe("defaults", () => {
  const config = configOf(minimal);

  test("a minimal file has every default of the whole file", () => {
    expect({ ...config, environments: [], services: [], policy: null }).toEqual({
      version: 1,
      app: "orders",
      branch: "main",
      store: ".slipway",
      region: null,
      rollbackWindow: 10,
      build: [],
      environments: [],
      services: [],
      retired: [],
      migrations: null,
      web: null,
      local: { port: 4600, env: {}, envFile: null, waive: [] },
      notify: [],
      policy: null,
    });
  });

  test("a service with a port answers every path and is put back after a minute", () => {
    expect(config.services[0]).toEqual({
      name: "api",
      build: [],
      files: ["server.js"],
      dockerfile: null,
      shape: {
        name: "api",
        run: ["node", "server.js"],
        port: "PORT",
        paths: ["/*"],
        health: { kind: "http", path: "/healthz" },
        startTimeoutSeconds: 60,
        drainTimeoutSeconds: 30,
        instances: 1,
        smoke: [],
      },
    });
  });

  test("a worker is routed nowhere and counts as healthy when it is up for ten seconds", () => {
    expect(config.services[1]?.shape).toMatchObject({ port: null, paths: [], health: { kind: "uptime", seconds: 10 } });
  });

  test("an environment has no rules of time and people, and only the first may be superseded", () => {
    const rung = {
      ancestry: "forward",
      soakSeconds: 0,
      approvals: 0,
      approvers: null,
      approvalExpirySeconds: 86_400,
      freeze: [],
      override: overridableCodes,
      waive: [],
    };
    expect(config.policy.environments).toEqual([
      { ...rung, name: "dev", supersede: true },
      { ...rung, name: "prod", supersede: false },
    ]);
  });

  test("the target follows the store", () => {
    expect(config.environments.map(({ target }) => target)).toEqual(["local", "local"]);
    const shared = configOf(
      minimal.replace("app: orders", "app: orders\nstore: s3://acme/orders\nregion: eu-central-1"),
    );
    expect(shared.environments[0]).toEqual({
      name: "dev",
      target: "aws",
      account: null,
      region: "eu-central-1",
      role: null,
    });
  });

  test("Knex runs in the first service, plain SQL in none", () => {
    const knex = configOf(`${minimal.replace("[server.js]", "[server.js, db]")}migrations: { knex: db/migrations }\n`);
    expect(knex.migrations).toEqual({
      engine: "knex",
      folder: "db/migrations",
      service: "api",
      database: "DATABASE_URL",
      timeoutSeconds: 900,
      lockTimeoutSeconds: 5,
    });
    const sql = configOf(`${minimal}migrations: { sql: db }\n`);
    expect(sql.migrations).toMatchObject({ engine: "sql", folder: "db", service: null });
  });

  test("a web has a pointer, no assets and no fallback; a notification tells of what went wrong", () => {
    const config = configOf(`version: 1
app: site
environments: { prod: {} }
web: { folder: ./dist/ }
notify: [{ url_env: HOOK, format: json }]
`);
    expect(config.web).toEqual({ folder: "dist", assets: [], fallback: null, switch: "pointer" });
    expect(config.notify).toEqual([
      { urlVariable: "HOOK", format: "json", events: ["failed", "reverted", "partial", "rollback"] },
    ]);
  });
});

test("line ends of Windows and a byte order mark make no other configuration", () => {
  expect(configOf(`\uFEFF${minimal.replaceAll("\n", "\r\n")}`)).toEqual(configOf(minimal));
});

describe("the annotated example", () => {
  const config = configOf(example);

  test("loads with both kinds of freeze, each with its line", () => {
    const lineOf = (text: string) => example.split("\n").findIndex((line) => line.includes(text)) + 1;
    expect(config.policy.environments[2]?.freeze).toEqual([
      {
        kind: "weekly",
        name: "weekend",
        from: { weekday: 5, minute: 960 },
        until: { weekday: 1, minute: 480 },
        zone: "Europe/Berlin",
        line: lineOf("name: weekend"),
      },
      {
        kind: "once",
        name: "quarter close",
        from: "2026-11-18T18:00",
        until: "2026-11-20T12:00",
        zone: "Europe/Berlin",
        line: lineOf("name: quarter close"),
      },
    ]);
  });

  test("keeps what it says beside the defaults", () => {
    expect(config).toMatchObject({
      environments: [
        { account: "111122223333", region: "eu-west-1", role: "slipway-promote-dev", target: "aws" },
        { account: null, region: "eu-central-1", role: null, target: "aws" },
        { target: "aws" },
      ],
      retired: ["reports"],
      local: { env: { LOG_LEVEL: "info" }, envFile: ".env.local", waive: ["soak", "approval", "freeze"] },
      policy: {
        environments: [
          { ancestry: "any" },
          { soakSeconds: 1800 },
          { approvers: ["team:release", "octocat"], override: ["soak", "freeze", "order"], waive: [] },
        ],
      },
    });
    expect(config.services[0]?.shape.smoke).toEqual([
      { method: "GET", path: "/version", status: 200, text: "{sha}" },
      { method: "GET", path: "/api/projects", status: 401, text: null },
    ]);
  });

  /** What the example says a default is, taken out of the file, has to lead to the same configuration. */
  const defaults = [
    "branch: main",
    "rollback_window: 10",
    "target: aws",
    "supersede: true",
    "approval_expiry: 24h",
    "start_timeout: 60s",
    "drain_timeout: 30s",
    "healthy_after: 10s",
    "service: api",
    "database: DATABASE_URL",
    "timeout: 15m",
    "lock_timeout: 5s",
    "switch: pointer",
    "port: 4600",
    "events: [failed, reverted, partial, rollback]",
  ];
  for (const line of defaults) {
    test(`"${line}" is a default`, () => {
      const indented = example.split("\n").find((candidate) => candidate.trim().startsWith(`${line} #`));
      expect(indented).toContain("# ");
      // An emptied line, so that the lines of the freezes stay.
      expect(configOf(example.replace(`${indented}\n`, "\n"))).toEqual(config);
    });
  }

  test("names every key that the schema has", () => {
    const keys = new Set([...configJsonSchema().matchAll(/^ +"([a-z_]+)": \{$/gm)].map((match) => match[1] ?? ""));
    const ofJsonSchema = ["properties", "items", "default", "environments"];
    const ours = [...keys].filter((key) => !ofJsonSchema.includes(key) && !/^[a-z]+[A-Z]/.test(key));
    expect(ours.filter((key) => !new RegExp(`\\b${key}:`).test(example))).toEqual([]);
    expect(ours.length).toBeGreaterThan(40);
  });
});

test("the JSON schema in the CLI's package is the one of the code (npm run reference writes it)", () => {
  expect(readFileSync(new URL("cli/schema/slipway.json", repository), "utf8")).toBe(configJsonSchema());
});

test("on this machine the ladder and its rules stay, with what is waived here", () => {
  const local = onThisMachine(configOf(example));
  expect(local.store).toBe(".slipway");
  expect(local.environments.every(({ target, account }) => target === "local" && account === null)).toBe(true);
  expect(local.policy.environments[2]).toMatchObject({ soakSeconds: 86_400, waive: ["soak", "approval", "freeze"] });
});
