import { describe, expect, test } from "vitest";
import { fakeShell } from "../../test/fake-shell.ts";
import { front } from "../../test/front.ts";
import { errorDocumentOf } from "../documents/error.ts";
import type { PrintedDocument } from "../documents/schemas/all.ts";
import type { ReasonDocument } from "../documents/schemas/parts/reason.ts";
import type { PlanDocument } from "../documents/schemas/plan.ts";
import type { PromotionDocument } from "../documents/schemas/promotion.ts";
import type { Message } from "../terminal/message.ts";
import { annotate } from "./annotations.ts";

const said: Message = { verdict: "Refused", text: "no. Nothing was changed.", next: ["promote status"] };
const head = "Refused: no. Nothing was changed.";
const next = "Next: promote status";

const aReason = (fields: Partial<ReasonDocument> = {}): ReasonDocument => ({
  code: "freeze",
  kind: "no",
  message: '"quarter close" until Fri 12:00 Europe/Berlin',
  overridable: true,
  evidence: { lines: [], file: "slipway.yaml", line: 24 },
  clearsAt: "2026-11-20T11:00:00.000Z",
  ...fields,
});
const aPlan = (reasons: readonly ReasonDocument[], fields: Partial<PlanDocument> = {}): PlanDocument => ({
  kind: "plan",
  version: 1,
  hash: null,
  env: "prod",
  direction: "forward",
  from: null,
  to: null,
  decision: "refused",
  ask: false,
  reasons,
  steps: [],
  exit: 3,
  ...fields,
});
function aPromotion(fields: Partial<PromotionDocument> = {}): PromotionDocument {
  return {
    kind: "promotion",
    version: 1,
    app: "tiny",
    env: "prod",
    direction: "forward",
    epoch: 3,
    resumes: null,
    by: "octocat",
    from: null,
    to: null,
    plan: null,
    url: null,
    startedAt: "2026-11-20T11:00:00.000Z",
    endedAt: "2026-11-20T11:00:00.000Z",
    outcome: "failed",
    environment: "reverted",
    exit: 4,
    ending: "reverted",
    reasons: [],
    failure: null,
    steps: [],
    parts: [],
    lease: null,
    next: [],
    ...fields,
  };
}
const failure = {
  code: "migration-failed",
  step: "run-migrations",
  name: null,
  cause: "23514 check constraint, 100 %",
  where: { file: "migrations/1,2.ts", line: 5, excerpt: [], path: null },
  log: [],
  logLines: 0,
  requestsServed: null,
} as const;
const step = { n: 1, kind: "roll-service", name: "api", outcome: "failed", summary: "0 of 2", seconds: 1 } as const;

describe("annotations of GitHub", () => {
  test.each<{ readonly name: string; readonly document: PrintedDocument; readonly lines: readonly string[] }>([
    { name: "nothing of what went well", document: aPlan([], { exit: 0 }), lines: [] },
    { name: "nothing of a page of help", document: { kind: "version", version: 1 } as never, lines: [] },
    {
      name: "each reason at its line, the first with the verdict and what helps",
      document: aPlan([aReason(), aReason({ code: "order", message: "no", evidence: { lines: [] }, clearsAt: null })]),
      lines: [
        `::error file=slipway.yaml,line=24,title=freeze::${head}%0A"quarter close" until Fri 12:00 Europe/Berlin; clears 2026-11-20T11:00:00Z%0A${next}`,
        "::error title=order::no",
      ],
    },
    {
      name: "what could not be told beside a no as a warning, after it",
      document: aPlan([
        aReason({ kind: "unknown", code: "soak", message: "silence", evidence: { lines: [] }, clearsAt: null }),
        aReason({ clearsAt: null, message: "frozen" }),
      ]),
      lines: [
        "::error file=slipway.yaml,line=24,title=freeze::frozen",
        `::warning title=soak::${head}%0Acould not tell: silence%0A${next}`,
      ],
    },
    {
      name: "what could not be told alone as an error",
      document: aPlan([aReason({ kind: "unknown", message: "silence", evidence: { lines: [] }, clearsAt: null })], {
        exit: 7,
      }),
      lines: [`::error title=freeze::${head}%0Acould not tell: silence%0A${next}`],
    },
    {
      name: "a missing approval as a notice",
      document: aPlan([aReason({ code: "approval", message: "0 of 1", evidence: { lines: [] }, clearsAt: null })], {
        ask: true,
      }),
      lines: [`::notice title=approval::${head}%0A0 of 1%0A${next}`],
    },
    {
      name: "a failure where it is written, and the steps that could not be put back",
      document: aPromotion({
        failure,
        steps: [
          { n: 1, kind: "run-migrations", outcome: "failed", summary: "failed", seconds: 1 },
          { ...step, back: true },
          { ...step, outcome: "done" },
        ],
      }),
      lines: [
        `::error file=migrations/1%2C2.ts,line=5,title=migration-failed::${head}%0Arun-migrations: 23514 check constraint, 100 %25%0A${next}`,
        "::error title=roll-service api::not put back: 0 of 2",
      ],
    },
    ...(
      [
        ["busy", 5, "lease-held"],
        ["lost", 5, "superseded"],
        ["lost", 7, "lease-lost"],
        ["open", 7, "could-not-tell"],
        ["reverted", 130, "interrupted"],
        ["reverted", 4, "Refused"],
      ] as const
    ).map(([ending, exit, title]) => ({
      name: `${ending} with ${exit}`,
      document: aPromotion({ ending, exit }),
      lines: [`::error title=${title}::${head}%0A${next}`],
    })),
    {
      name: "a refused promotion by its reasons",
      document: aPromotion({ ending: "refused", exit: 3, reasons: [aReason({ clearsAt: null, message: "frozen" })] }),
      lines: [`::error file=slipway.yaml,line=24,title=freeze::${head}%0Afrozen%0A${next}`],
    },
    {
      name: "an error",
      document: { ...errorDocumentOf("env-unknown", 2, "no"), where: { file: "a:b.yaml", line: null, path: null } },
      lines: [`::error file=a%3Ab.yaml,title=env-unknown::${head}%0A${next}`],
    },
    {
      name: "any other call that did not end well",
      document: { kind: "verify", version: 1, exit: 3 } as never,
      lines: [`::error title=Refused::${head}%0A${next}`],
    },
  ])("say $name", ({ document, lines }) => {
    expect(annotate(document, said)).toEqual(lines);
  });

  test("show each mistake in slipway.yaml at its own line", () => {
    const text = [
      "Config: slipway.yaml has 2 problems. Nothing was done.",
      "slipway.yaml:14:5  environments.prod.soak  24 has no unit; write 24h",
      "slipway.yaml:3:1  apps  is not a key",
    ].join("\n");
    expect(annotate(errorDocumentOf("config-invalid", 2, text), { verdict: null, text })).toEqual([
      "::error file=slipway.yaml,line=14,title=config-invalid::environments.prod.soak  24 has no unit; write 24h",
      "::error file=slipway.yaml,line=3,title=config-invalid::apps  is not a key",
    ]);
  });

  test("carry the facts of a failed build", () => {
    const blocks = [{ label: "build-failed", fact: "npm ci exited 1", evidence: ["line 1", "::error::x"] }];
    expect(annotate(errorDocumentOf("build-failed", 4, "x"), { ...said, blocks })).toEqual([
      `::error title=build-failed::${head}%0Abuild-failed: npm ci exited 1%0Aline 1%0A\\u003a:error::x%0A${next}`,
    ]);
  });

  test("are at most eight of a level", () => {
    const lines = annotate(aPlan(Array.from({ length: 12 }, () => aReason())), said);
    expect(lines).toHaveLength(8);
  });

  test("are one line whatever they are told, and end no value early", () => {
    const nasty = "a\n::error::b\r##[error]%0A,x:y::\u001b[31m\u202e";
    const document = aPlan([
      aReason({ message: nasty, evidence: { lines: [], file: nasty, line: 1 }, clearsAt: null }),
    ]);
    const [line = ""] = annotate(document, { verdict: null, text: nasty });
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}]|##\[/u);
    const [, properties = ""] = /^::error (.*?)::/.exec(line) ?? [];
    expect(properties).toMatch(/^file=[^,:]*,line=1,title=freeze$/);
  });

  test("are cut where the log and the summary say the rest", () => {
    const [line = ""] = annotate(aPlan([aReason({ message: "x".repeat(10_000) })]), null);
    expect(line.length).toBeLessThan(4100);
  });

  test.each([
    { argv: ["stauts"], out: "" },
    { argv: ["stauts", "--json"], out: '"kind":"error"' },
  ])("go to stderr, so that stdout stays what it is: $argv", async ({ argv, out }) => {
    const shell = fakeShell({ variables: { GITHUB_ACTIONS: "true" } });
    expect(await front(argv, shell)).toBe(2);
    expect(shell.err()).toContain(
      '::error title=usage::Usage: "stauts" is not a verb. Did you mean  promote status ?\n',
    );
    expect(shell.out()).toContain(out);
    expect(shell.out()).not.toContain("::error");
    const elsewhere = fakeShell();
    await front(argv, elsewhere);
    expect(elsewhere.err()).not.toContain("::");
  });
});
