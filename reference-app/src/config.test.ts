import { expect, it } from "vitest";
import { parseConfig } from "./config.ts";

it("takes what Slipway hands to a service", () => {
  const config = parseConfig({
    PORT: "8080",
    DATABASE_URL: "postgres://u:p@db/x",
    SLIPWAY_SHA: "a".repeat(40),
    SLIPWAY_IMAGE: "sha256:1",
    SLIPWAY_ENV: "prod",
  });
  expect(config.port).toBe(8080);
  expect(config.version).toEqual({ sha: "a".repeat(40), image: "sha256:1", environment: "prod" });
});

it("names every variable that is wrong and repeats no value", () => {
  const parse = () => parseConfig({ PORT: "70000", DATABASE_URL: "mysql://root:secret@db" });
  expect(parse).toThrow(/PORT: .*; DATABASE_URL: starts with postgres/);
  expect(parse).not.toThrow(/secret/);
});
