import { describe, expect, it } from "vitest";
import { valuesOfEnvFile } from "./secret-values.ts";

describe("valuesOfEnvFile", () => {
  it("has values of several lines", () => {
    expect(valuesOfEnvFile('KEY="one\ntwo"')).toEqual(["one\ntwo"]);
  });

  it("leaves out words, numbers and addresses of this machine, unless their name tells of a secret", () => {
    const common = "NODE_ENV=production\nPORT=4600\nAPI=http://localhost:4601/api\n";
    expect(valuesOfEnvFile(`${common}DB_PASSWORD=production\n`)).toEqual(["production"]);
  });

  it.each([
    "ADMIN_PIN=123456789",
    "PASSCODE=48151623",
    "SIGNINGKEY=correcthorse",
    "LOGIN=http://localhost:8080/login/T024BXXXX",
    "HOOK=http://127.0.0.1/hooks/T024B/secret",
    "HOOK=http://localhost/hooks?t=1",
  ])("has %s", (line) => {
    expect(valuesOfEnvFile(line)).toEqual([line.slice(line.indexOf("=") + 1)]);
  });
});
