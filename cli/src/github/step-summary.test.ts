import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fakeShell } from "../../test/fake-shell.ts";
import { front } from "../../test/front.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sl-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const page = (): string => join(folder, "summary.md");
const inJob = (more: Readonly<Record<string, string>> = {}) => ({
  folder,
  variables: { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: page(), ...more },
});

describe("a call that ends with an error tells it on the page of the job", () => {
  test.each([
    {
      name: "a word that is no verb",
      argv: ["stauts"],
      exit: 2,
      says: /^### ✗ usage, exit 2\n\*\*Usage\*\* "stauts" is not a verb\..*\n\nNext: `promote status`\n$/,
      annotation: "::error title=usage::",
    },
    {
      name: "a flag that is no flag",
      argv: ["status", "--envv", "dev"],
      exit: 2,
      says: /^### ✗ usage, exit 2\n\*\*Usage\*\* "--envv" .*\n\nNext: `promote status --env dev`\n$/,
      annotation: "::error title=usage::",
    },
    {
      name: "a pipeline whose variables are empty",
      argv: [],
      exit: 2,
      says: /^### ✗ usage, exit 2\n/,
      annotation: "::error title=usage::",
    },
    {
      name: "a mistake that is found before anything runs",
      argv: ["status"],
      exit: 2,
      says: /^### ✗ config-missing, exit 2\nNo slipway\.yaml here or above\. Start with: {2}promote init\n$/,
      annotation: "::error title=config-missing::",
    },
  ])("$name", async ({ argv, exit, says, annotation }) => {
    for (const form of [[], ["--json"]]) {
      rmSync(page(), { force: true });
      const shell = fakeShell(inJob());
      expect(await front([...argv, ...form], shell)).toBe(exit);
      expect(readFileSync(page(), "utf8").replaceAll(" --json", "")).toMatch(says);
      expect(shell.err()).toContain(annotation);
    }
  });

  test("a bug, without its stack, which the log has", async () => {
    const shell = fakeShell({
      ...inJob(),
      stdout: () => {
        throw new Error("it broke");
      },
    });
    expect(await front(["--version"], shell)).toBe(1);
    const text = readFileSync(page(), "utf8");
    expect(text).toMatch(/^### ✗ bug, exit 1\n\*\*Bug\*\* it broke\. This is ours\./);
    expect(text).not.toContain("    at ");
    expect(shell.err()).toContain("::error title=bug::Bug: it broke.");
    expect(shell.err()).toContain("    at ");
  });

  test("with what nobody may see taken out", async () => {
    const shell = fakeShell(inJob({ DEPLOY_TOKEN: "correct-horse-battery" }));
    expect(await front(["correct-horse-battery"], shell)).toBe(2);
    expect(readFileSync(page(), "utf8")).toMatch(/^### ✗ usage, exit 2\n\*\*Usage\*\* "\\\*\\\*\\\*" is not a verb/);
  });

  test("and a page that cannot be written is said in one line", async () => {
    const shell = fakeShell(inJob({ GITHUB_STEP_SUMMARY: join(folder, "nowhere/page.md") }));
    expect(await front(["stauts"], shell)).toBe(2);
    expect(shell.err()).toMatch(/\nThe job summary was not written: .*\n$/);
  });
});
