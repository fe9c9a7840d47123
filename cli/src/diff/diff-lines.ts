import { type CommitSummary, count, type ImageDifference, shortDigest } from "@slipway/pipeline";
import { stateWords } from "../status/status-lines.ts";
import { spellDistance } from "../terminal/distance.ts";
import { cutTo, printable } from "../terminal/escape.ts";
import { arrow, type Style, sign, spellSha } from "../terminal/style.ts";
import { wrap } from "../terminal/wrap.ts";
import { type Difference, isAsRecorded, mostCommits, type Pages } from "./difference.ts";

type NameOf = (environment: string) => string;

const shownCommits = 5;
const longestSubject = 60;
const partWidth = 13;

/** `promote diff` as a page: from what runs here to what runs there, part by part. */
export function diffLines(
  difference: Difference,
  {
    nameOf,
    style,
    redact,
  }: { readonly nameOf: NameOf; readonly style: Style; readonly redact: (text: string) => string },
): readonly string[] {
  const { images, migrations, pages, url } = difference;
  // Elsewhere a line is for programs to read, and stays whole.
  const fit = (line: string, indent: number): readonly string[] =>
    // Before lines are broken: what a break has cut in two is harder to find.
    style.isTerminal ? wrap(redact(line), style.columns(), indent) : [line];
  const part = (name: string, words: readonly string[]): readonly string[] =>
    words.flatMap((text, index) => fit(`  ${(index === 0 ? name : "").padEnd(partWidth)}${text}`, partWidth + 2));
  const migrationWords = [
    ...migrations.onlyTo.map((name) => `+ ${printable(name)}`),
    ...migrations.onlyFrom.map((name) => `- ${printable(name)}`),
    ...migrations.edited.map((name) => `${sign(style, "look")} ${printable(name)} was applied with other bytes`),
    ...(migrations.certain ? [] : [`${sign(style, "unknown")} could not tell all: a migration never reported`]),
  ];
  const imageWords = images.map((image) => imageLine(image, style)).join(", ");
  return [
    ...fit(headLine(difference, nameOf, style), 2),
    ...part("images", [imageWords === "" ? "the same" : imageWords]),
    ...part("migrations", migrationWords.length === 0 ? ["the same"] : migrationWords),
    ...part("web", [pagesWords(pages, style)]),
    ...disturbances(difference, nameOf, style),
    ...(url === null ? [] : [`  ${url}`]),
  ];
}

function headLine({ from, to, commits }: Difference, nameOf: NameOf, style: Style): string {
  const side = ({ env, runs }: Difference["from"]): string => {
    const pages = runs?.webSha && runs.webSha !== runs.sha ? `, web ${spellSha(style, runs.webSha)}` : "";
    return `${nameOf(env)} ${spellSha(style, runs?.sha)}${pages}`;
  };
  const head = `${side(from)} ${arrow(style)} ${side(to)}`;
  if (!from.runs || !to.runs) return head;
  if (from.runs.sha === to.runs.sha) return `${head}, the same commit`;
  const { added, lost } = commits;
  const distance = spellDistance({ commits: added?.length ?? null, lost: lost?.length ?? null });
  if (distance === null) return `${head}, the commits between them are not known here`;
  const atLeast = added?.length === mostCommits || lost?.length === mostCommits ? "at least " : "";
  return `${head}, ${atLeast}${distance}${subjects(added?.length ? added : (lost ?? []), style)}`;
}

function subjects(commits: readonly CommitSummary[], style: Style): string {
  if (commits.length === 0) return "";
  const shown = commits
    .slice(-shownCommits)
    .map(({ sha, subject }) => `${spellSha(style, sha)} ${cutTo(printable(subject), longestSubject)}`);
  const more = commits.length - shown.length;
  return `: ${more > 0 ? `${more} more, ` : ""}${shown.join(", ")}`;
}

function imageLine({ service, from, to }: ImageDifference, style: Style): string {
  const spell = (digest: string | null): string => (digest === null ? "none" : shortDigest(digest));
  return `${printable(service)} ${spell(from)} ${arrow(style)} ${spell(to)}`;
}

function pagesWords(pages: Pages, style: Style): string {
  if (pages.status === "unknown") return `${sign(style, "unknown")} could not tell: ${printable(pages.because)}`;
  const { entries, assets, same } = pages;
  const fallback = pages.fallbackDiffers ? ", and so does the page that answers where there is none" : "";
  if (entries.length + assets.length === 0 && fallback === "")
    return same === 0 ? "none" : `the same ${count(same, "file")}`;
  const differ = `${count(entries.length, "entry", "entries")} and ${count(assets.length, "asset")} differ${fallback}`;
  return `${differ}, ${same === 1 ? "1 is" : `${same} are`} the same`;
}

/** What is compared is the record; where something else runs, or nobody can tell, that has to be said. */
const disturbances = ({ from, to }: Difference, nameOf: NameOf, style: Style) =>
  [from, to].filter((look) => !isAsRecorded(look)).map((look) => `  ${nameOf(look.env)}: ${stateWords(look, style)}`);
