import { randomBytes } from "node:crypto";
import { valuesOfEnvFile } from "@slipway/pipeline/redaction";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Redactor } from "./redactor.ts";

describe("Redactor", () => {
  const redactor = new Redactor({
    PATH: "/usr/local/bin",
    STRIPE_API_KEY: "sk_live_51Hx",
    NPM_TOKEN: "npm+token/with=signs",
    DATABASE_URL: "postgres://app:hunter22@db.internal:5432/app",
    SIGNING_KEY: "first line of key\nsecond line of key",
    QUOTED_TOKEN: 'quoted"token\\with<signs>',
    MY_TOKEN: "true",
  });
  const encoded = (text: string, encoding: BufferEncoding): string => Buffer.from(text).toString(encoding);

  it.each([
    ["as it is", "got sk_live_51Hx", "got ***"],
    ["twice", "sk_live_51Hx sk_live_51Hx", "*** ***"],
    ["as a URL writes it", "?t=npm%2Btoken%2Fwith%3Dsigns", "?t=***"],
    ["as a URL writes it in small letters", "?t=npm%2btoken%2fwith%3dsigns", "?t=***"],
    ["a whole address", "connect postgres://app:hunter22@db.internal:5432/app failed", "connect *** failed"],
    ["the password of an address alone", 'password "hunter22" is wrong', 'password "***" is wrong'],
    ["one line of several", "second line of key", "***"],
    ["the password of any other address", "https://me:abcdefg@host/x", "https://me:***@host/x"],
    ["a password with a sign of its own", "https://me:abc@defg@host/x", "https://me:***@host/x"],
    ["in base64", encoded("npm+token/with=signs", "base64"), "***"],
    ["in base64 of URLs", encoded("npm+token/with=signs", "base64url"), "***"],
    ["in hexadecimal digits", encoded("sk_live_51Hx", "hex").toUpperCase(), "***"],
    ["in JSON", JSON.stringify({ t: 'quoted"token\\with<signs>' }), '{"t":"***"}'],
    ["in JSON in JSON", JSON.stringify(JSON.stringify('quoted"token\\with<signs>')), '"\\"***\\""'],
    ["in HTML", "quoted&quot;token\\with&lt;signs&gt;", "***"],
    ["backwards", "xH15_evil_ks", "***"],
    ["that a line's end breaks, but for a few characters", "npm+token/wit\nh=signs.", "***\nh=signs."],
    ["that a line's end breaks in the middle", "npm+toke\nn/with=signs", "***\n***"],
    ["whose rest begins the next line", "10:00 api n/with=signs!", "10:00 api ***!"],
    ["that was cut", "got npm+token/w...", "got ***..."],
  ])("takes a secret out %s", (_name, text, clean) => {
    expect(redactor.redact(text)).toBe(clean);
  });

  it("takes out what stays of a secret inside of longer base64", () => {
    for (const before of ["", "a", "ab", "user:"]) {
      const text = encoded(`${before}npm+token/with=signs and more`, "base64");
      expect(Buffer.from(redactor.redact(text).replaceAll("***", ""), "base64").toString()).not.toMatch(/token|with/);
    }
  });

  it("leaves nothing of a secret because another one begins or ends in it", () => {
    const two = new Redactor({ A_TOKEN: "abcdefghij", B_TOKEN: "ghijklmnopqr" });
    expect(two.redact("<abcdefghijklmnopqr>")).toBe("<***>");
  });

  it("leaves commits and digests whole, were a few of their digits somebody's password", () => {
    const pins = new Redactor({ PIN_TOKEN: "1f6ac3dc", LONG_TOKEN: "1626e53a13043b026c48bbf3" });
    const sha = "1f6ac3dc9e26e53a13043b026c48bbf33feff924";
    expect(pins.redact(`promote --sha ${sha} --env dev`)).toBe(`promote --sha ${sha} --env dev`);
    expect(pins.redact("PIN 1f6ac3dc, or 1f6ac3dc00")).toBe("PIN ***, or ***00");
    expect(pins.redact("1f6ac3dc1626e53a13043b026c48bbf33feff924")).toContain("***");
    expect(pins.redact(`x${"1f6ac3dc".repeat(9)}`)).not.toContain("1f6ac3dc");
    const short = new Redactor({ PASSWORD: "hunter2" });
    expect(short.redact(Buffer.from("hunter2 and what follows it!").toString("hex").slice(0, 40))).toMatch(/^\*\*\*/);
  });

  it("leaves the names that commands are made of, though a variable holds one as its password", () => {
    const named = new Redactor({ DB_PASSWORD: "staging", OTHER_PASSWORD: "staging-2" });
    expect(named.redact("promote --env staging")).toBe("promote --env ***");
    named.spare(["orders", "staging"]);
    expect(named.redact("promote --env staging with staging-2")).toBe("promote --env staging with ***");
  });

  it("leaves alone what is no secret, and words too short to be one", () => {
    expect(redactor.redact("true /usr/local/bin")).toBe("true /usr/local/bin");
    expect(redactor.redact("the first line of code, and npm run build")).toBe(
      "the first line of code, and npm run build",
    );
  });

  it("hides the path of a file of credentials, but no folder above it", () => {
    const paths = new Redactor({ GOOGLE_APPLICATION_CREDENTIALS: "/home/runner/work/app/app/gha-creds-1.json" });
    expect(paths.redact("/home/runner/work/app/app")).toBe("/home/runner/work/app/app");
    expect(paths.redact("at /home/runner/work/app/app/gha-creds-1.json")).toBe("at ***");
  });

  it("finds every secret, wherever it stands in whatever text", () => {
    const secret = fc.string({ unit: "binary-ascii", minLength: 6, maxLength: 40 }).map((text) => text.trim());
    const secrets = fc.array(
      secret.filter((text) => text.length >= 6),
      { minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(secrets, fc.array(fc.string({ unit: "binary" })), fc.nat(), (values, texts, seed) => {
        const many = new Redactor({});
        many.add(values);
        const text = texts.map((part, at) => part + values[(seed + at) % values.length]).join("");
        const shown = many.redact(text);
        // Three stars stand for one secret or more, and may be part of none: secrets of stars are not drawn.
        expect(values.filter((value) => !value.includes("*") && shown.includes(value))).toEqual([]);
      }),
    );
  }, 30_000);

  it("tells what a pipe hands over in pieces like the whole, once lines are put together", () => {
    const value = randomBytes(30).toString("base64url");
    const long = new Redactor({ A_TOKEN: value });
    for (let at = 8; at <= value.length - 8; at += 1)
      expect(`${long.redact(`x ${value.slice(0, at)}`)}\n${long.redact(`${value.slice(at)} y`)}`).toBe("x ***\n*** y");
  });

  it("learns values later", () => {
    const late = new Redactor({});
    expect(late.redact("quoted secret")).toBe("quoted secret");
    late.add(valuesOfEnvFile(`# comment\nexport A="quoted secret"\nB=plain-secret \n\nC=`));
    expect(late.redact("quoted secret, plain-secret")).toBe("***, ***");
  });
});
