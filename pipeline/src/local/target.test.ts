import { expect, test } from "vitest";
import { environmentOf, instantOf } from "../../test/builders.ts";
import { MemoryObjectStore } from "../../test/memory-store.ts";
import type { Config } from "../config/config.ts";
import { parseConfig } from "../config/load.ts";
import { readTarget } from "../environment/read-target.ts";
import { templateOf } from "../environment/target.ts";
import { readTemplate } from "./platform/template.ts";
import { ensureLocalTarget, localPort } from "./target.ts";

function aConfig(local: string): Config {
  const text = `
version: 1
app: orders
environments: { dev: {}, staging: {}, prod: {} }
services: { api: { files: [dist], run: node dist/server.js, port: PORT, health: /healthz } }
local: ${local}
`;
  const answer = parseConfig(text, "slipway.yaml");
  if (!answer.ok) throw new Error(JSON.stringify(answer.problems));
  return answer.config;
}
const prod = environmentOf("prod");

test("environments follow the board's port in the ladder's order", () => {
  const config = aConfig("{ port: 4700 }");
  const ports = config.environments.map(({ name }) => localPort(config, name));
  expect(ports).toEqual([4701, 4702, 4703]);
});

test("what the configuration leads to is stored, and nothing more the second time", async () => {
  const store = new MemoryObjectStore(() => instantOf("2026-11-20T10:00"));
  const config = aConfig("{ env: { LOG_LEVEL: info }, env_file: .env.local }");
  const first = await ensureLocalTarget(store, config, prod);
  const keys = await store.list("environments/");
  expect(await ensureLocalTarget(store, config, prod)).toEqual(first);
  expect(await store.list("environments/")).toEqual(keys);
  expect(await readTarget(store, prod)).toEqual(first);
  expect(first.target).toMatchObject({ kind: "local", url: "http://127.0.0.1:4603", site: { port: 4603 } });
});

test("a changed configuration is another template, and the one before is still there to go back to", async () => {
  const store = new MemoryObjectStore(() => instantOf("2026-11-20T10:00"));
  const before = await ensureLocalTarget(store, aConfig("{ env: { LOG_LEVEL: info } }"), prod);
  const after = await ensureLocalTarget(store, aConfig("{ env: { LOG_LEVEL: debug } }"), prod);
  const templates = [before, after].map(({ target }) => templateOf(target, "api"));
  expect(new Set(templates).size).toBe(2);
  const stored = await Promise.all(templates.map((digest) => (digest ? readTemplate(store, prod, digest) : null)));
  expect(stored.map((template) => template?.env.LOG_LEVEL)).toEqual(["info", "debug"]);
});
