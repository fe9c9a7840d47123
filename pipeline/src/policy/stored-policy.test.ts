import { describe, expect, test } from "vitest";
import { parseConfig } from "../config/load.ts";
import type { Sha } from "../identifiers.ts";
import type { Policy } from "./policy.ts";
import { parsePolicy, serialisePolicy, storedPolicyOf } from "./stored-policy.ts";

function aPolicy(): Policy {
  const answer = parseConfig(
    `version: 1
app: orders
environments:
  dev: {}
  prod:
    soak: 500ms
    freeze:
      - { name: weekend, from: Fri 16:00, until: Mon 08:00, zone: Europe/Berlin }
      - { name: close, from: 2026-11-18 18:00, until: 2026-11-20 12:00, zone: UTC }
web: { folder: dist }
local: { waive: [soak] }
`,
    "slipway.yaml",
  );
  if (!answer.ok) throw new Error("the policy's own file is refused");
  return answer.config.policy;
}
const bytesOf = (document: unknown) => new TextEncoder().encode(JSON.stringify(document));
const stored = (): Record<string, unknown> => JSON.parse(new TextDecoder().decode(serialisePolicy(aPolicy())));

test("a policy comes back as it was written, under one digest", () => {
  const first = parsePolicy(serialisePolicy(aPolicy()));
  expect(first.policy).toEqual(aPolicy());
  expect(parsePolicy(serialisePolicy(first.policy)).digest).toBe(first.digest);
  expect(first.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
});

test("the digest is of the policy, whichever commit it was published from", () => {
  const sha = "a".repeat(40) as Sha;
  const published = parsePolicy(serialisePolicy(aPolicy(), sha));
  expect(published.sha).toBe(sha);
  expect(published.digest).toBe(storedPolicyOf(aPolicy()).digest);
});

test("a store of a newer format is not touched by this engine", () => {
  expect(() => parsePolicy(bytesOf({ ...stored(), format: 2, surprise: true }))).toThrow(
    expect.objectContaining({ code: "engine-too-old" }),
  );
});

describe("what is no policy is refused", () => {
  const rungs = stored().environments as object[];
  const rows: readonly (readonly [name: string, bytes: Uint8Array])[] = [
    ["no JSON", new TextEncoder().encode("{")],
    ["no UTF-8", new Uint8Array([0xff, 0xfe])],
    ["null", bytesOf(null)],
    ["an unknown key", bytesOf({ ...stored(), extra: 1 })],
    ["no environments", bytesOf({ ...stored(), environments: [] })],
    ["an environment twice", bytesOf({ ...stored(), environments: [rungs[0], rungs[0]] })],
    ["a rule of nobody", bytesOf({ ...stored(), environments: [{ ...rungs[0], override: ["everything"] }] })],
    ["a soak below zero", bytesOf({ ...stored(), environments: [{ ...rungs[0], soakSeconds: -1 }] })],
    ["a name that leaves its folder", bytesOf({ ...stored(), environments: [{ ...rungs[0], name: "../prod" }] })],
    ["half a megabyte", bytesOf({ ...stored(), branch: "x".repeat(600_000) })],
  ];
  for (const [name, bytes] of rows) {
    test(name, () => expect(() => parsePolicy(bytes)).toThrow(expect.objectContaining({ code: "store-unusable" })));
  }
});
