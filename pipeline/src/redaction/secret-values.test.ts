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
});
