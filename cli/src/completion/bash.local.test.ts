import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bashScript } from "./bash.ts";
import { completedVerbs } from "./words.ts";

const folder = mkdtempSync(join(tmpdir(), "slipway-completion-"));
const script = join(folder, "promote.bash");
beforeAll(() => {
  mkdirSync(join(folder, "app/src"), { recursive: true });
  writeFileSync(script, bashScript(completedVerbs()));
  const ladder =
    "version: 1\nenvironments:\n  # bottom first\n  dev: {}\n  prod:\n    soak: 24h\nservices:\n  api: {}\n";
  writeFileSync(join(folder, "app/slipway.yaml"), ladder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What bash offers after these words; the last one is being typed. */
function complete(...words: readonly string[]): readonly string[] {
  const ask = `source "$1"; shift; COMP_WORDS=(promote "$@"); COMP_CWORD=$#; _promote; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const cwd = join(folder, "app/src");
  const said = execFileSync("bash", ["--norc", "-c", ask, "bash", script, ...words], { cwd, encoding: "utf8" });
  return said.split("\n").filter((line) => line !== "");
}

test.each([
  { name: "the start of a verb", words: ["ro"], offers: ["rollback"] },
  { name: "an environment of the file above", words: ["rollback", "--env", ""], offers: ["dev", "prod"] },
  { name: "the start of an environment, for the main verb", words: ["--sha", "x", "--env", "p"], offers: ["prod"] },
  { name: "a flag of that verb", words: ["rollback", "--on"], offers: ["--only"] },
  { name: "its value", words: ["rollback", "--only", ""], offers: ["web"] },
  { name: "a word of a verb", words: ["lock", "b"], offers: ["break"] },
  { name: "a code", words: ["help", "schema-"], offers: ["schema-incompatible"] },
  { name: "nothing after --", words: ["lock", "run", "--env", "dev", "--", "pu"], offers: [] },
  { name: "no flag of another verb", words: ["status", "--lif"], offers: [] },
])("bash completes $name", ({ words, offers }) => {
  expect(complete(...words)).toEqual(offers);
});
