import { expect, test } from "vitest";
import { configError, parseConfig } from "../../src/config/load.ts";
import { countCases } from "./count-cases.ts";
import { type Damage, damaged, faultsOfOutput, type HostileCase, readCases } from "./hostile-case.ts";

countCases("hostile-config", "hostile slipway.yaml");

interface HostileConfig extends HostileCase {
  readonly damage: Damage;
}

const well = `version: 1
app: orders
build: [npm ci]
environments:
  dev: {}
  prod: { soak: 24h }
services:
  api: { files: [dist], run: node dist/api.js, port: PORT, paths: [/api/*], health: /healthz }
migrations: { sql: db }
web: { folder: dist/web }
local: { port: 4600 }
`;

test("the file that is made hostile is a well one", () => {
  expect(parseConfig(well, "slipway.yaml").ok).toBe(true);
});

test.for(readCases<HostileConfig>(new URL("cases/config.json", import.meta.url)))(
  "slipway.yaml with $name is refused",
  ({ damage, code }) => {
    const started = performance.now();
    const answer = parseConfig(new TextDecoder().decode(damaged(well, damage, JSON.stringify)), "slipway.yaml");
    expect(performance.now() - started).toBeLessThan(5_000);
    if (answer.ok) expect.fail("it was taken");
    const error = configError(answer.problems);
    expect(error.code).toBe(code);
    expect(error.message).not.toContain("hunter2");
    // What stands in the file is quoted: each problem is one line, and of one length that people read.
    expect(error.message.split("\n").length).toBeLessThan(55);
    expect(faultsOfOutput(error.message)).toEqual([]);
  },
);
