import { describe, expect, it } from "vitest";
import { Redactor, valuesOfEnvFile } from "./redactor.ts";

describe("Redactor", () => {
  const redactor = new Redactor({
    PATH: "/usr/local/bin",
    STRIPE_API_KEY: "sk_live_51Hx",
    NPM_TOKEN: "npm+token/with=signs",
    DATABASE_URL: "postgres://app:hunter22@db.internal:5432/app",
    SIGNING_KEY: "first line of key\nsecond line of key",
    MY_TOKEN: "true",
  });

  it.each([
    ["as it is", "got sk_live_51Hx", "got ***"],
    ["twice", "sk_live_51Hx sk_live_51Hx", "*** ***"],
    ["as a URL writes it", "?t=npm%2Btoken%2Fwith%3Dsigns", "?t=***"],
    ["a whole address", "connect postgres://app:hunter22@db.internal:5432/app failed", "connect *** failed"],
    ["the password of an address alone", 'password "hunter22" is wrong', 'password "***" is wrong'],
    ["one line of several", "second line of key", "***"],
    ["the password of any other address", "https://me:abcdefg@host/x", "https://me:***@host/x"],
  ])("takes a secret out %s", (_name, text, clean) => {
    expect(redactor.redact(text)).toBe(clean);
  });

  it("leaves alone what is no secret, and words too short to be one", () => {
    expect(redactor.redact("true /usr/local/bin")).toBe("true /usr/local/bin");
  });

  it("learns values later", () => {
    const late = new Redactor({});
    late.add(valuesOfEnvFile(`# comment\nexport A="quoted secret"\nB=plain-secret \n\nC=`));
    expect(late.redact("quoted secret, plain-secret")).toBe("***, ***");
  });
});
