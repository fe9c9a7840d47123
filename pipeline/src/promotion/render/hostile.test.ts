import fc from "fast-check";
import { createMarkdownRenderer } from "vitepress";
import { beforeAll, describe, expect, test } from "vitest";
import { aPlan, aRelease, aRequest, aService, aState, found, someFacts } from "../../../test/builders.ts";
import type { FailureReport, PromotionRequest } from "../../ledger/records.ts";
import type { Decision, Reason } from "../../policy/policy.ts";
import { known } from "../facts.ts";
import type { Ending, PromotionReport } from "../report.ts";
import { renderErrorSummary } from "./error-summary.ts";
import { mostBytes } from "./page.ts";
import { renderPlanComment } from "./plan-comment.ts";
import { renderResultComment } from "./result-comment.ts";

/** A renderer of CommonMark with tables and bare addresses: what it finds to be mark-up, GitHub finds as well. */
let toHtml: (markdown: string) => string;
beforeAll(async () => {
  const decorated = await createMarkdownRenderer(import.meta.dirname);
  const Plain = decorated.constructor as new (options: object) => { render: (text: string) => string };
  const renderer = new Plain({ html: true, linkify: true });
  toHtml = (markdown) => renderer.render(markdown);
}, 30_000);

const nasty = [
  "`",
  "```",
  "|",
  "\\",
  "\\|",
  "\n",
  "\r\n\r\n",
  "\t",
  "<b>",
  "</details>",
  "<!--",
  "-->",
  "<script>alert(1)</script>",
  "&lt;",
  "@octocat",
  "#12",
  "GH-12",
  "1f6ac3dc1626e53a",
  "https://evil.example/x",
  "www.evil.example",
  "mallory@evil.example",
  "![x](https://evil.example/x.png)",
  "[x](javascript:alert(1))",
  "**",
  "_",
  "~~",
  "$",
  "- ",
  "1. ",
  "# ",
  "> ",
  "\n---\n",
  "\u202e",
  "\u200b",
  "\u001b[31m",
  "\ud800",
  "444455556666",
  "naïve 😀",
] as const;
const hostile = fc
  .array(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...nasty) }, fc.string({ unit: "binary", maxLength: 8 })), {
    maxLength: 12,
  })
  .map((parts) => parts.join(""));
/** Some of them are longer than a whole comment may be. */
const texts = fc.oneof(
  { weight: 9, arbitrary: hostile },
  hostile.map((text) => `${text} `.repeat(5000).slice(0, 100_000)),
);
const lists = fc.array(fc.oneof(texts, fc.constantFrom(...nasty)), { maxLength: 6 });
const sha = aRelease().manifest.git.sha;

interface Foreign {
  readonly word: string;
  readonly words: readonly string[];
  readonly many: number;
}
const foreign: fc.Arbitrary<Foreign> = fc.record({
  word: texts,
  words: lists,
  many: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, fc.integer({ min: 300, max: 900 })),
});

function decisionOf({ word, words }: Foreign): Decision {
  const reason = (code: Reason["code"], kind: Reason["kind"], data: Reason["data"]): Reason => ({
    code,
    kind,
    message: word,
    evidence: words,
    data,
    clearsAt: null,
    overridable: true,
  });
  const refused = [
    reason("soak", "no", { observedSeconds: 1, requiredSeconds: 2, env: word }),
    reason("freeze", "no", { freeze: word, file: word, line: 3 }),
    reason("approval", "no", { approved: 0, required: 1 }),
    reason("order", "no", {}),
    reason("quarantined", "unknown", {}),
  ];
  return {
    allowed: false,
    reasons: refused,
    answers: [
      ...refused.map((one) => ({ status: "refused", rule: one.code, reason: one }) as const),
      { status: "overridden", rule: "soak", reason: reason("soak", "no", {}), because: word },
      { status: "waived", rule: "freeze", code: "freeze", message: word },
      { status: "unproven", rule: "schema", message: word },
      { status: "passed", rule: word, message: word },
    ],
    overridden: [{ code: "soak", reason: word }],
    waived: ["freeze"],
    approvedBy: words,
    clearsAt: null,
    earliest: null,
  };
}

function worldOf(given: Foreign) {
  const { word, words, many } = given;
  const services = [aService(), aService({ name: word as never })];
  const release = aRelease({ services, git: { ...aRelease().manifest.git, subject: word } });
  const subjects = Array.from({ length: many }, () => [word, ...words]).flat();
  const commits = subjects.map((subject) => ({ sha, subject }));
  const facts = {
    ...someFacts({ release: found(release) }),
    relation: known({ relation: "diverged", onBranch: true, commits, lost: commits } as const),
  };
  const plan = aPlan({ to: release, before: aState(release) });
  const steps = plan.steps.map((step) => (step.kind === "run-migrations" ? { ...step, pending: subjects } : step));
  return { facts, plan: { ...plan, steps }, decision: decisionOf(given) };
}

function planText(given: Foreign): string {
  const { facts, plan, decision } = worldOf(given);
  return renderPlanComment({
    app: "chronoledger",
    request: aRequest(),
    name: given.word,
    facts,
    plan,
    decision,
    from: sha,
    to: sha,
    distance: given.word,
    askedBy: given.word,
    usualSeconds: null,
    command: `promote --sha ${sha} --env prod --store '${given.word}'`,
    at: facts.now,
    runUrl: "https://github.com/acme/chronoledger/actions/runs/19571100518",
  });
}

function resultText(given: Foreign, ending: Ending): string {
  const { facts, plan, decision } = worldOf(given);
  const failure: FailureReport = {
    code: "service-unhealthy",
    step: "roll-service",
    name: given.word,
    cause: given.word,
    where: { file: given.word, line: 1, excerpt: given.words },
    log: given.words,
    logLines: 1000,
    requestsServed: 0,
  };
  const request: PromotionRequest = { ...aRequest(), by: { id: "x", name: given.word } };
  const ends = { status: "failed", changed: true, summary: given.word, failure, notOurs: false } as const;
  const report: PromotionReport = {
    request,
    ending,
    exit: 4,
    environment: "partial",
    epoch: 3,
    resumes: null,
    plan,
    decision,
    facts,
    failure: ending.kind === "open" || ending.kind === "busy" ? null : failure,
    steps: plan.steps.map((step, at) => ({ n: at + 1, step, back: at % 2 === 0, report: ends, seconds: 1 })),
    observed: null,
    startedAt: facts.now,
    endedAt: facts.now,
  };
  return renderResultComment({
    app: "chronoledger",
    name: given.word,
    report,
    from: sha,
    to: sha,
    seconds: 1,
    url: given.word,
    notes: [{ label: "Ahead", text: given.word }],
    next: [`promote quarantine --sha ${sha} --reason '${given.word}'`, given.word],
    runUrl: null,
  });
}

const look = (word: string) => ({ by: { id: "x", name: word }, epoch: 1, doing: word, runUrl: word }) as never;
const endings = (word: string): readonly Ending[] => [
  { kind: "done", held: false },
  { kind: "refused" },
  { kind: "busy", look: look(word) },
  { kind: "reverted", environment: "reverted", because: "failure", held: false },
  { kind: "partial", notBack: ["api", word] },
  { kind: "open", because: word, code: "could-not-tell" },
  { kind: "lost", because: word },
];

const ours = /^(h3|p|strong|code|pre|table|thead|tbody|tr|th|td|ul|li|details|summary|span|br|em)$/;

/** What is wrong with a comment; none: it is as it should be. */
function faultsOf(text: string, kind: "plan" | "result"): readonly string[] {
  const [first] = text.split("\n", 1);
  const isFound = first === `<!-- slipway:${kind}:chronoledger:prod -->`;
  return [...(isFound ? [] : [`begins with ${first}`]), ...faultsOfPage(text)];
}

function faultsOfPage(text: string): readonly string[] {
  const faults: string[] = [];
  const rest = text.split("\n").filter((line, at) => at > 0 || !line.startsWith("<!--"));
  if (Buffer.byteLength(text) > mostBytes) faults.push(`has ${Buffer.byteLength(text)} bytes`);
  if (/[\p{Cc}\p{Cf}\p{Cs}]/u.test(text.replaceAll("\n", ""))) faults.push("holds characters that nobody sees");
  if (/(?<!sha256:|--expect )(?<![0-9A-Za-z])\d{12}(?![0-9A-Za-z])/.test(text)) faults.push("names an account");
  // Renderers leave out what a row has too much of.
  const rows = rest.filter((line) => /^\| [✓✗?!] /.test(line));
  if (new Set(rows.map((line) => line.split("|").length)).size > 1) faults.push("has rows of more cells than others");
  return [...faults, ...faultsOfHtml(toHtml(rest.join("\n")))];
}

function faultsOfHtml(html: string): readonly string[] {
  const faults: string[] = [];
  const open: string[] = [];
  for (const [, end, name = "", attributes = ""] of html.matchAll(/<(\/?)([a-z!][a-z0-9-]*)([^>]*)>/gi)) {
    const isLink =
      name === "a" &&
      (end || /^ href="https:\/\/github\.com\/acme\/chronoledger\/actions\/runs\/\d+"$/.test(attributes));
    const isCode = name === "code" && attributes === ' class="language-text"';
    if (!end && !isLink && !isCode && (!ours.test(name) || attributes.replace(/^ \/$/, "") !== ""))
      faults.push(`has <${name}${attributes}>`);
    if (name === "br") continue;
    if (!end) open.push(name);
    else if (open.pop() !== name) faults.push(`closes <${name}> out of order`);
  }
  if (open.length > 0) faults.push(`leaves open ${open.join(", ")}`);
  if (/<tr>(?:(?!<\/tr>)[\s\S])*?<\/tr>/.test(html)) {
    const widths = [...html.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(([, cells = ""]) => cells.match(/<t[hd]>/g)?.length);
    if (new Set(widths).size > 1) faults.push(`has rows of ${[...new Set(widths)].join(" and ")} cells`);
  }
  // GitHub looks for these in what is neither code nor a link.
  const said = html.replace(/<(pre|code|a)\b[\s\S]*?<\/\1>/g, " ").replace(/<[^>]*>/g, "");
  const linked = /@[a-z0-9]|(?<![&\w])#\d|\bGH-\d|(?<!\w)[0-9a-f]{7,40}(?!\w)|:\/\/|www\./i.exec(
    said.replaceAll("&#39;", "'"),
  );
  if (linked)
    faults.push(`would link ${JSON.stringify(said.slice(Math.max(0, linked.index - 20), linked.index + 30))}`);
  return faults;
}

describe("whatever names, messages and logs say", () => {
  test("a plan stays what it is", () => {
    fc.assert(
      fc.property(foreign, (given) => {
        expect(faultsOf(planText(given), "plan")).toEqual([]);
      }),
      { numRuns: 80 },
    );
  }, 60_000);

  test("a result stays what it is", () => {
    fc.assert(
      fc.property(foreign, fc.nat(6), (given, at) => {
        const ending = endings(given.word)[at] as Ending;
        expect(faultsOf(resultText(given, ending), "result")).toEqual([]);
      }),
      { numRuns: 160 },
    );
  }, 60_000);

  test("an error stays what it is", () => {
    fc.assert(
      fc.property(foreign, ({ word, words, many }) => {
        const facts = [{ label: "order", fact: word, evidence: Array.from({ length: many }, () => words).flat() }];
        const where = { file: word, line: 3 };
        const told = { code: "usage", exit: 2, verdict: "Usage", text: `${word}\n${word}`, facts, where, next: words };
        expect(faultsOfPage(renderErrorSummary(told))).toEqual([]);
      }),
      { numRuns: 80 },
    );
  }, 60_000);

  test("equal facts have equal texts", () => {
    fc.assert(
      fc.property(foreign, (given) => {
        expect(planText(given)).toBe(planText({ ...given }));
      }),
      { numRuns: 20 },
    );
  }, 60_000);

  test.each([
    { name: "a tag", html: "<p><b>x</b></p>", fault: "has <b>" },
    { name: "a handler", html: "<p onclick=x>x</p>", fault: "has <p onclick=x>" },
    { name: "a link", html: '<a href="https://evil.example">x</a>', fault: 'has <a href="https://evil.example">' },
    { name: "a mention", html: "<p>by @octocat</p>", fault: 'would link "by @octocat"' },
    {
      name: "a row with one cell more",
      html: "<table><tr><td>a</td></tr><tr><td>a</td><td>b</td></tr></table>",
      fault: "has rows of 1 and 2 cells",
    },
    { name: "what is left open", html: "<details><p>x</p>", fault: "leaves open details" },
  ])("$name would be found", ({ html, fault }) => {
    expect(faultsOfHtml(html)).toEqual([fault]);
  });
});
