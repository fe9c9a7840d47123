import { wrap } from "./terminal/wrap.ts";
import { type Flag, globalFlags, groups, promotion, type Verb } from "./verbs.ts";

const purpose = "promote: build a commit once, then move exactly those bytes from environment to environment.";
const footer = [
  "Everywhere: --json  --events  --plain  --local  --config <file>  --store <url>  --help  --version",
  "Exit codes: 0 done  1 bug  2 usage  3 no, nothing changed  4 failed, environment as before",
  "            5 busy  6 partial  7 could not tell  130 interrupted, environment as before",
];

/** `promote --help`; made from the table of verbs alone, so that no command has to be loaded. */
export function helpText(columns: number): string {
  const lines = [
    ...wrap(purpose, columns, 2),
    ...wrap(`  ${"promote --sha <sha> --env <env>".padEnd(37)}${promotion.help}`, columns, 39),
    "",
    ...groups.flatMap(({ title, verbs }) => [
      title,
      ...verbs.flatMap(({ name, help }) => wrap(`  ${name.padEnd(14)}${help}`, columns, 16)),
      "",
    ]),
    ...footer.flatMap((line) => wrap(line, columns, 12)),
  ];
  return `${lines.join("\n")}\n`;
}

const spell = ({ name, value }: Flag): string => `--${name}${value === null ? "" : ` ${value}`}`;

/** `promote <verb> --help`. */
export function verbHelp(verb: Verb, columns: number): string {
  const flags = [...verb.flags, ...globalFlags];
  const width = Math.max(...flags.map((flag) => spell(flag).length)) + 3;
  const line = (flag: Flag) => wrap(`  ${spell(flag).padEnd(width)}${flag.help}`, columns, width + 2);
  const title = verb.name === "" ? "promote" : `promote ${verb.name}`;
  const lines = [
    ...wrap(`${title}: ${verb.help}.${verb.load ? "" : " Not in this version."}`, columns, 2),
    `  promote ${verb.usage}`,
    "",
    ...verb.flags.flatMap(line),
    ...(verb.flags.length > 0 ? [""] : []),
    "Everywhere",
    ...globalFlags.flatMap(line),
  ];
  return `${lines.join("\n")}\n`;
}
