import { describe, expect, it } from "vitest";
import { helpText, verbHelp } from "./help-text.ts";
import { promotion, verbs } from "./verbs.ts";

const golden = `promote: build a commit once, then move exactly those bytes from environment to environment.
  promote --sha <sha> --env <env>      move a release into an environment

Every day
  status        what runs where, since when, by whom, and what may go next
  plan          the steps a promotion would take, and their hash; changes nothing
  approve       approve one plan for one environment
  diff          what differs between two environments
  board         the same as a web page on this machine, read-only

When something is wrong
  rollback      go back to the last good release, or to the one you name
  explain       every reason for and against, with evidence and the time it clears
  history       who changed what, when, and how it ended
  verify        compare stored or running bytes with the release
  doctor        prove now that a promotion and a rollback would work
  hold          keep automation away from an environment
  quarantine    mark a release as bad, for every environment
  lock          who is changing an environment; lock break a dead lease; lock run a command under it
                (-- pulumi up)

Setting up
  init          look at this repository and write slipway.yaml
  local         environments on this machine
  completion    completion for bash, zsh or fish

Plumbing, mostly for pipelines
  build         build the commit you stand on and publish it
  publish       publish what \`build --out\` made, running none of its code
  migrations    check pending ones; explain a rule; split a file
  help          a page about a verb or a reason code, offline

Everywhere: --json  --events  --plain  --local  --config <file>  --store <url>  --help  --version
Exit codes: 0 done  1 bug  2 usage  3 no, nothing changed  4 failed, environment as before
            5 busy  6 partial  7 could not tell  130 interrupted, environment as before
`;

describe("promote --help", () => {
  it("is the page of the reference", () => {
    expect(helpText(100)).toBe(golden);
  });

  it("fits into 80 columns without losing a word", () => {
    const narrow = helpText(80);
    expect(narrow.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(narrow.split(/\s+/)).toEqual(golden.split(/\s+/));
  });

  it("is never wider than 100 columns", () => {
    expect(helpText(300)).toBe(golden);
  });
});

describe("promote <verb> --help", () => {
  it.each([promotion, ...verbs])("names every flag of $name and fits", (verb) => {
    const text = verbHelp(verb, 80);
    for (const { name } of verb.flags) expect(text).toContain(`--${name}`);
    expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });
});
