import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { globalFlags, promotion, verbs } from "../../cli/src/verbs.ts";
import { pagePatterns } from "./check-links.ts";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const pages = globSync([...pagePatterns], { cwd: repository }).filter((path) => !path.startsWith("docs/reference/"));

/** Commands of promote: in a line of their own, after a prompt or a word such as Next, and in the text. */
function commandsOf(text: string): readonly string[] {
  const lines = text.matchAll(/^(?:\s+|\$ |(?:Next|Back|Ahead) +)?(?:npx )?promote( [^\n#]*)?(?:#.*)?$/gm);
  const words = text.matchAll(/`(?:npx )?promote( [^`\n]*)?`/g);
  return [...lines, ...words].map(([, rest = ""]) => rest.trim());
}

/** The words that promote would not understand. */
function unknownWords(command: string): readonly string[] {
  const words = (command.split(" -- ")[0] ?? "").split(/\s+/).filter((word) => word !== "");
  const first = words[0] ?? "";
  const verb = first === "" || first.startsWith("-") ? promotion : verbs.find(({ name }) => name === first);
  if (!verb) return [first];
  const flags = [...verb.flags, ...globalFlags].map(({ name }) => `--${name}`);
  return words.filter((word) => word.startsWith("--") && !flags.includes(word));
}

test("the documents name only verbs and flags that there are", () => {
  const commands = pages.flatMap((path) =>
    commandsOf(readFileSync(`${repository}/${path}`, "utf8")).map((command) => ({ path, command })),
  );
  expect(commands.length).toBeGreaterThan(150);
  expect(commands.filter(({ command }) => unknownWords(command).length > 0)).toEqual([]);
});

test("a wrong one is found", () => {
  const text =
    "Say `promote stauts` or\n```\n$ npx promote --sha x --envv dev   # a remark\nNext   promote lock run -- pulumi --yes\n```\n";
  expect(commandsOf(text).map(unknownWords)).toEqual([["--envv"], [], ["stauts"]]);
});
