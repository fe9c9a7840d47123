import { describe, expect, test } from "vitest";
import { environmentOf } from "../../test/builders.ts";
import { type ExpectedAccess, roleToTake } from "./access.ts";

const prod = environmentOf("prod");
const named = "arn:aws:iam::111122223333:role/slipway-prod";
const site = { account: "111122223333", region: "eu-central-1", role: null };
const nothing: ExpectedAccess = { account: null, role: null };

describe("the role of an environment", () => {
  test.each([
    ["none, with the credentials at hand", site, nothing, null],
    ["that of target.json", { ...site, role: named }, nothing, named],
    ["that of slipway.yaml by its name", site, { account: "111122223333", role: "slipway-prod" }, named],
    ["both, where they are one", { ...site, role: named }, { account: null, role: "slipway-prod" }, named],
    [
      "in China",
      { ...site, region: "cn-north-1" },
      { account: null, role: "x" },
      "arn:aws-cn:iam::111122223333:role/x",
    ],
  ] as const)("%s", (_name, at, expected, role) => {
    expect(roleToTake(at, expected, prod)).toBe(role);
  });

  test("slipway.yaml and target.json that name different accounts, or roles, lead nowhere", () => {
    expect(() => roleToTake(site, { account: "444455556666", role: null }, prod)).toThrow(
      expect.objectContaining({
        code: "account",
        evidence: ["slipway.yaml: 444455556666", "target.json: 111122223333"],
      }),
    );
    expect(() => roleToTake({ ...site, role: named }, { account: null, role: "other" }, prod)).toThrow(
      expect.objectContaining({ code: "config-invalid" }),
    );
  });
});
