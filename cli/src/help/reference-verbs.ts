import { exitCodes } from "@slipway/pipeline";
import { type Flag, globalFlags, groups, promotion, type Verb } from "../verbs.ts";
import type { VerbPage } from "./page.ts";
import { verbPages } from "./pages.ts";
import { codeBlock, prose, sentence, table, writtenBy } from "./reference-prose.ts";

/** docs/reference/verbs.md: what `promote --help` and `promote help <verb>` say, on one page. */
export function verbsReference(): string {
  const parts = [
    introduction,
    overview(),
    "## Values\n",
    table(
      ["is written", "means"],
      Object.entries(valueMeanings).map(([kind, means]) => [`\`${kind}\``, means]),
    ),
    "## Everywhere\n\nFlags of every verb.",
    flagTable(globalFlags),
    "## Exit codes",
    table(
      ["exit", "means"],
      Object.entries(exitMeanings).map(([exit, means]) => [exit, means]),
    ),
    "## The main verb",
    section(promotion),
    ...groups.flatMap(({ title, verbs }) => [`## ${title}`, ...verbs.map(section)]),
  ];
  return `${parts.join("\n\n").replaceAll(/\n{3,}/g, "\n\n")}\n`;
}

const introduction = `# The verbs

What \`promote --help\` and \`promote help <verb>\` say, on one page. ${writtenBy} In a repository that has the package, \`npx promote\` runs it.`;

/** How the values of flags are written. A test asks that each kind is here. */
export const valueMeanings: Readonly<Record<string, string>> = {
  "<sha>":
    "a commit SHA: 40 hex digits, on a terminal fewer if they are unique. A name that moves (HEAD, a branch) is refused",
  "<env>": "an environment of `slipway.yaml`",
  "<service>": "a service of `slipway.yaml`",
  "<duration>": "a number with its unit: `500ms` `30s` `15m` `24h` `7d`",
  "<time>": 'a time of your zone, such as `"2026-11-20 16:30"`, or one with its offset',
  "<hash>": "the hash of a plan, as `promote plan` prints it; its first 12 digits are enough",
  "<code,...>": "[codes](codes.md), with commas between them",
  "<text>": "words for whoever reads the record later",
  "<state>": "`healthy` or `drained`",
  "<part>": "`web`",
  "<step>": 'a step, such as `run-migrations`, or with its name: `"roll-service api"`',
  "<n>": "a number",
  "<port>": "a port of this machine; 0 takes any free one",
  "<service>=<ref>": "a service and its image, `<repository>@sha256:<digest>`",
  "<dir>": "a folder",
  "<file>": "a file",
  "<url>": "a folder, or `s3://bucket/prefix`",
  "<digest>": "`sha256:` and 64 hex digits",
  "<format>": "`text`, `sarif`, `github` or `markdown`",
};

const exitMeanings: Readonly<Record<number, string>> = {
  [exitCodes.done]: "true now and checked, also when it already was",
  [exitCodes.bug]: "unexpected, and ours. Whatever was begun is in the ledger; the same command goes on",
  [exitCodes.usage]: "a person can mend the call, the file or the credentials; nothing was changed",
  [exitCodes.refused]: "the answer is no, and nothing was changed",
  [exitCodes.failed]: "it was tried and failed; the environment runs what it ran before",
  [exitCodes.busy]: "somebody else changes the environment, or took it over",
  [exitCodes.partial]: "parts of the environment differ; each is named",
  [exitCodes.unknown]: "could not tell. Run the same command again: it looks, and goes on",
  [exitCodes.interrupted]: "stopped by hand; the environment is as before",
};

function overview(): string {
  const list = groups.flatMap(({ title, verbs }) =>
    verbs.map((verb, at) => [at === 0 ? title : "", `[${verb.name}](#${anchorOf(verb)})`, prose(verb.help)]),
  );
  return table(
    ["", "verb", "what it does"],
    [["", `[promote](#${anchorOf(promotion)})`, prose(promotion.help)], ...list],
  );
}

const nameOf = ({ name }: Verb): string => (name === "" ? "promote" : name);
const callOf = (verb: Verb): string => (verb.name === "" ? "promote" : `promote ${verb.name}`);
const anchorOf = (verb: Verb): string => callOf(verb).replaceAll(" ", "-");

function section(verb: Verb): string {
  const page = verbPages[nameOf(verb)];
  if (!page) throw new TypeError(`there is no page about ${nameOf(verb)}; the test of the help pages asks for one`);
  return [
    `### ${callOf(verb)}`,
    prose(`${sentence(verb.help)}.${verb.load ? "" : " Not in this version."}`),
    codeBlock([`promote ${verb.usage}`]),
    ...page.about.map(prose),
    ...(verb.flags.length === 0 ? [] : [flagTable(verb.flags)]),
    codeBlock(examples(page), "sh"),
    exits(page),
  ].join("\n\n");
}

/** What stands in brackets at the end of a flag's help is its default. */
function flagTable(flags: readonly Flag[]): string {
  const rows = flags.map((flag) => {
    const [, means = flag.help, fallback = ""] = /^(.*) \(([^()]+)\)$/.exec(flag.help) ?? [];
    const spelled = `--${flag.name}${flag.value === null ? "" : ` ${flag.value}`}`;
    return [`\`${spelled}\``, fallback === "" ? "" : `\`${fallback}\``, prose(means)];
  });
  return table(["flag", "default", "means"], rows);
}

function examples(page: VerbPage): readonly string[] {
  const width = Math.max(...page.examples.map(([command]) => command.length));
  return page.examples.map(([command, remark]) => `${command.padEnd(width)}   # ${remark}`);
}

function exits(page: VerbPage): string {
  const own = Object.entries(page.exits).map(([exit, when]) => [exit, prose(when)]);
  return own.length === 0 ? "Exit codes: 0, 1, 2 and 7." : table(["exit beside 0 1 2 7", "when"], own);
}
