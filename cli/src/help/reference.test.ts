import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { codesReference } from "./reference.ts";

test("docs/reference/codes.md is what the help pages say (npm run reference writes it)", () => {
  const written = readFileSync(new URL("../../../docs/reference/codes.md", import.meta.url), "utf8");
  expect(written).toBe(codesReference());
});
