import { describe, expect, it } from "vitest";
import { fakeShell } from "../test/fake-shell.ts";
import { front } from "../test/front.ts";

const sha = "1f6ac3dc1626e53a13043b026c48bbf33feff924";

interface Row {
  readonly name: string;
  readonly argv: readonly string[];
  readonly code?: string;
  readonly says: string;
  readonly next?: string;
}

const refused: readonly Row[] = [
  {
    name: "nothing at all, off a terminal",
    argv: [],
    says: "Usage: promote --sha <sha> --env <env>. Nothing was changed.",
  },
  {
    name: "a misspelled verb",
    argv: ["stauts"],
    says: 'Usage: "stauts" is not a verb. Did you mean  promote status ?',
  },
  { name: "no verb at all", argv: ["frobnicate"], says: 'Usage: "frobnicate" is not a verb. Nothing was changed.' },
  {
    name: "a verb with control characters",
    argv: ["sta\u001b[31mtus"],
    says: 'Usage: "sta\\u001b[31mtus" is not a verb.',
  },
  {
    name: "a misspelled flag",
    argv: ["--sha", sha, "--evn", "dev"],
    says: 'Usage: "--evn" is not a flag of promote. Nothing was changed.',
    next: `promote --sha ${sha} --env dev`,
  },
  {
    name: "a misspelled flag with its value joined on",
    argv: ["plan", `--hsa=${sha}`, "--env", "dev"],
    says: '"--hsa" is not a flag of promote plan.',
    next: `promote plan --sha=${sha} --env dev`,
  },
  { name: "a short flag", argv: ["status", "-e", "dev"], says: '"-e" is not a flag of promote status.' },
  {
    name: "a flag twice",
    argv: ["--sha", sha, "--env", "dev", "--env", "prod"],
    says: "Usage: --env was given 2 times; once says it. Nothing was changed.",
  },
  { name: "a switch twice", argv: ["status", "--releases", "--releases"], says: "--releases was given more than once" },
  {
    name: "an empty value, as an unset variable leaves it",
    argv: ["--sha", "", "--env", "dev"],
    says: "Usage: --sha is empty; a variable may not have been set. Nothing was changed.",
  },
  { name: "an empty joined value", argv: [`--sha=${sha}`, "--env="], says: "--env is empty" },
  { name: "blanks for a value", argv: ["--sha", sha, "--env", "  "], says: "--env is empty" },
  { name: "a flag without its value", argv: ["--sha", sha, "--env"], says: "Usage: --env needs a value." },
  { name: "a flag for a value", argv: ["--sha", "--env", "dev"], says: "--sha needs a value" },
  { name: "a word too many", argv: ["status", "dev"], says: 'Usage: "dev" is one word too many for promote status.' },
  { name: "a word after the main flags", argv: ["--sha", sha, "--env", "dev", "status"], says: "is one word too many" },
  {
    name: "a misspelled second word",
    argv: ["local", "statr"],
    says: 'Usage: "statr" is no word of promote local (start, stop, status, logs). Nothing was changed.',
    next: "promote local start",
  },
  { name: "a command that is not run", argv: ["status", "--", "rm"], says: "nothing is run after --" },
  { name: "no environment", argv: ["--sha", sha], says: "Usage: promote needs --env. Nothing was changed." },
  { name: "no release", argv: ["plan", "--env", "dev"], says: "Usage: promote plan needs --sha. Nothing was changed." },
  {
    name: "a SHA of words",
    argv: ["--sha", "not a sha", "--env", "dev"],
    code: "sha-malformed",
    says: 'Usage: --sha takes a commit SHA, 40 hexadecimal digits; got "not a sha". Nothing was changed.',
  },
  {
    name: "a path for a SHA",
    argv: ["--sha", "../../etc/passwd", "--env", "dev"],
    code: "sha-malformed",
    says: "../../etc/passwd",
  },
  { name: "six digits", argv: ["--sha", "1f6ac3", "--env", "dev"], code: "sha-malformed", says: '"1f6ac3"' },
  {
    name: "41 digits",
    argv: ["--sha", `${sha}0`, "--env", "dev"],
    code: "sha-malformed",
    says: "40 hexadecimal digits",
  },
  {
    name: "upper case",
    argv: ["--sha", sha.toUpperCase(), "--env", "dev"],
    code: "sha-malformed",
    says: "takes a commit SHA",
  },
  { name: "a SHA with a line break", argv: ["--sha", `${sha}\n`, "--env", "dev"], code: "sha-malformed", says: "\\n" },
  {
    name: "a path for an environment",
    argv: ["--sha", sha, "--env", "../prod"],
    code: "env-unknown",
    says: '"../prod"',
  },
  {
    name: "a duration without a unit",
    argv: ["--sha", sha, "--env", "dev", "--wait", "10"],
    says: '--wait takes a duration such as 10m; got "10"',
  },
  {
    name: "a plan's hash that is none",
    argv: ["--sha", sha, "--env", "dev", "--expect", "xyz"],
    says: "--expect takes a plan's hash",
  },
  {
    name: "an unknown state to wait for",
    argv: ["--sha", sha, "--env", "dev", "--until", "ready"],
    says: "--until takes healthy or drained",
  },
  {
    name: "another part than web",
    argv: ["rollback", "--env", "dev", "--only", "wbe"],
    says: '--only takes web; got "wbe"',
  },
  {
    name: "a misspelled code",
    argv: ["--sha", sha, "--env", "dev", "--override", "frezee", "--reason", "hotfix"],
    says: '"frezee" is not a reason code',
    next: `promote --sha ${sha} --env dev --override freeze --reason hotfix`,
  },
  {
    name: "an override without a reason",
    argv: ["--sha", sha, "--env", "dev", "--override", "freeze"],
    code: "reason-missing",
    says: "an override goes on record; say why with --reason. Nothing was changed.",
  },
  {
    name: "a reason that was never filled in",
    argv: ["hold", "--env", "dev", "--reason", "<text>"],
    code: "reason-missing",
    says: "the reason is still <text>",
  },
  {
    name: "a hold without a reason",
    argv: ["hold", "--env", "dev"],
    code: "reason-missing",
    says: "a hold goes on record",
  },
  { name: "a reason of two lines", argv: ["hold", "--env", "dev", "--reason", "a\nb"], says: "one line of text" },
  {
    name: "a reason too long",
    argv: ["hold", "--env", "dev", "--reason", "x".repeat(501)],
    says: "--reason has 501 characters",
  },
  {
    name: "a rollback that nobody confirms",
    argv: ["rollback", "--env", "dev"],
    says: "needs --yes or --to where nobody can answer",
  },
  {
    name: "a time that is none",
    argv: ["explain", "--sha", sha, "--env", "dev", "--as-of", "tomorrow"],
    says: "--as-of takes a time",
  },
  {
    name: "a day that is none",
    argv: ["explain", "--sha", sha, "--env", "dev", "--as-of", "2026-02-30"],
    says: "--as-of takes a time",
  },
  { name: "an epoch that is no number", argv: ["history", "--env", "dev", "--epoch", "-1"], says: "--epoch" },
  { name: "an epoch of no environment", argv: ["history", "--epoch", "3"], says: "an epoch is of one environment" },
  {
    name: "both halves of verify",
    argv: ["verify", "--sha", sha, "--env", "dev"],
    says: "takes --sha, for what is stored, or --env",
  },
  { name: "no half of verify", argv: ["verify"], says: "takes --sha, for what is stored, or --env" },
  {
    name: "--to without --rollback",
    argv: ["plan", "--sha", sha, "--env", "dev", "--to", sha],
    says: "--to goes with --rollback",
  },
  { name: "watching a log file", argv: ["status", "--watch"], says: "--watch redraws a terminal" },
  {
    name: "an unknown page of help",
    argv: ["help", "sok"],
    says: '"sok" is neither a verb nor a',
    next: "promote help soak",
  },
  {
    name: "no slipway.yaml",
    argv: ["status"],
    code: "config-missing",
    says: "No slipway.yaml here or above. Start with:  promote init",
  },
  {
    name: "a config that is not there",
    argv: ["status", "--config", "other.yaml"],
    code: "config-missing",
    says: '"other.yaml" is not there',
  },
  {
    name: "a bucket without a prefix",
    argv: ["status", "--store", "s3://acme"],
    code: "store-unusable",
    says: "is neither a folder nor s3://bucket/prefix",
  },
  {
    name: "a bucket for what is here",
    argv: ["status", "--local", "--store", "s3://acme/app"],
    code: "store-unusable",
    says: "is not here; leave out one of them",
  },
];

describe("a call that is not understood", () => {
  it.each(refused)("is refused with exit 2: $name", async ({ argv, says, next }) => {
    const shell = fakeShell();
    expect(await front(argv, shell)).toBe(2);
    expect(shell.out()).toBe("");
    expect(shell.err()).toContain(says);
    if (next !== undefined) expect(shell.err()).toContain(`Next   ${next}\n`);
  });

  it.each(refused)("is one JSON document with --json: $name", async ({ argv, code = "usage", next }) => {
    const shell = fakeShell();
    const end = argv.indexOf("--");
    const flagged = end === -1 ? [...argv, "--json"] : [...argv.slice(0, end), "--json", ...argv.slice(end)];
    if (argv.at(-1) === "--env") return;
    expect(await front(flagged, shell)).toBe(2);
    expect(shell.err()).toBe("");
    const document = JSON.parse(shell.out()) as Record<string, unknown>;
    expect(document).toMatchObject({ kind: "error", version: 1, exit: 2 });
    expect(Object.keys(document)).toEqual(["kind", "version", "code", "exit", "message", "where", "next"]);
    if (argv.length > 0) expect(document.code).toBe(code);
    if (next !== undefined) expect(document.next).toEqual([expect.stringContaining(next.split(" --")[0] ?? "")]);
  });
});

describe("flags of every verb", () => {
  it.each([["--version"], ["status", "--version"], ["--json", "--version"]])("answers %s %s", async (...argv) => {
    const shell = fakeShell();
    expect(await front(argv, shell)).toBe(0);
    expect(shell.out()).toMatch(/promote \d+\.\d+\.\d+/);
  });

  it("may stand before the verb", async () => {
    const shell = fakeShell();
    expect(await front(["--config", "status", "--json", "help", "soak"], shell)).toBe(0);
    expect(JSON.parse(shell.out())).toMatchObject({ kind: "help", about: "soak" });
  });

  it("says what a bug is, with a stack, and keeps secrets out of it", async () => {
    const shell = fakeShell({ variables: { API_TOKEN: "s3cr3t-value" } });
    Object.defineProperty(shell, "folder", {
      get: () => {
        throw new Error("cannot read s3cr3t-value");
      },
    });
    expect(await front(["status", "--json"], shell)).toBe(1);
    expect(JSON.parse(shell.out())).toMatchObject({ kind: "error", code: "bug", exit: 1 });
    expect(shell.out() + shell.err()).not.toContain("s3cr3t-value");
    expect(shell.err()).toContain("Error: cannot read ***");
  });
});
