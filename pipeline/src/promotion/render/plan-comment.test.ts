import { describe, expect, test } from "vitest";
import {
  aGoodRun,
  anApproval,
  aPlan,
  aPolicy,
  aRelease,
  aRequest,
  aService,
  aStanding,
  aState,
  digestOf,
  environmentOf,
  hubot,
  imageOf,
  instantOf,
  octocat,
  serviceOf,
  someFacts,
} from "../../../test/builders.ts";
import type { AppName, Digest, Sha } from "../../identifiers.ts";
import { decide } from "../../policy/evaluate.ts";
import type { Decision, EnvironmentPolicy, RuleAnswer } from "../../policy/policy.ts";
import { known } from "../facts.ts";
import type { Plan } from "../plan.ts";
import { type PlanComment, renderPlanComment } from "./plan-comment.ts";

const from = "8c41f07abfe228f219e9cb0eb53f16947ccf25ec" as Sha;
const to = "1f6ac3dc1626e53a13043b026c48bbf33feff924" as Sha;
const between = "e7d2b9a84d8dbc74254770f58904dba41ecccc3f" as Sha;
const hash = "sha256:8d21f6b0c3e7bd36cb9d21f6be6abf0d7c1c1e21862ab8a18a8902073fec8df4" as Digest;
const digest = (start: string) => `sha256:${start.padEnd(64, "0")}` as Digest;
const revision = (sha: Sha, image: string) => ({ sha, image: digest(image), template: digestOf("template") });
const api = serviceOf("api");
const worker = serviceOf("worker");
const before = {
  services: { api: revision(from, "70d3b5e81f4c"), worker: revision(from, "a81e30c96b5d") },
  web: { sha: from, digest: digest("1") },
};
const goal = {
  services: { api: revision(to, "9b1f42c07e5d"), worker: revision(to, "d07a63e15c48") },
  web: { sha: to, digest: digest("2") },
};
const steps: Plan["steps"] = [
  { kind: "pin-artifacts", already: false, sha: to, images: [] },
  { kind: "publish-web", already: false, web: goal.web, files: 3, bytes: 398_000 },
  {
    kind: "run-migrations",
    already: false,
    sha: to,
    template: digestOf("t"),
    pending: ["20261118101500_project_colour"],
    expect: { applied: [], certain: true },
  },
  { kind: "roll-service", already: false, service: api, to: goal.services.api, expects: "anything" },
  { kind: "roll-service", already: false, service: worker, to: goal.services.worker, expects: "anything" },
  { kind: "switch-web", already: false, from: before.web, to: goal.web },
  { kind: "verify-live", already: false, state: goal },
];
const plan = aPlan({ before, goal, steps, hash });
const release = aRelease({ sha: to, web: { digest: digest("2"), entries: 2, assets: 36, bytes: 1_900_000 } });
const commits = [
  { sha: between, subject: "Cache project totals" },
  { sha: to, subject: "Add project colour" },
];
const relation = known({ relation: "ahead", onBranch: true, commits, lost: [] } as const);

const weekend: EnvironmentPolicy["freeze"][number] = {
  kind: "weekly",
  name: "weekend",
  from: { weekday: 5, minute: 16 * 60 },
  until: { weekday: 1, minute: 8 * 60 },
  zone: "Europe/Berlin",
  line: 23,
};
const close: EnvironmentPolicy["freeze"][number] = {
  kind: "once",
  name: "quarter close",
  from: "2026-11-18T18:00",
  until: "2026-11-20T12:00",
  zone: "Europe/Berlin",
  line: 24,
};
const policy = { soakSeconds: 86_400, approvals: 1, freeze: [weekend, close] };
const stay = aGoodRun({
  sha: to,
  digest: release.digest,
  epoch: 42,
  by: octocat,
  from: instantOf("2026-11-19T10:04:04"),
});
const below = known({ environment: "staging", standing: aStanding({ good: [stay] }), disturbed: known(null) });

/** As experience.md §5 has it: 13:16 UTC, the day before the release may enter. */
function aComment(fields: Partial<PlanComment> = {}): PlanComment {
  const facts =
    fields.facts ??
    someFacts({
      policy: aPolicy({ prod: policy }),
      release: known({ status: "found", release, web: null }),
      below,
      relation,
    });
  const request = aRequest({ sha: to });
  return {
    app: "chronoledger" as AppName,
    request,
    name: "prod",
    facts,
    plan,
    decision: decide({ facts, plan, request, mode: "new" }),
    from,
    to,
    distance: "2 commits",
    askedBy: "octocat",
    usualSeconds: 72,
    command: `promote --sha ${to} --env prod --expect 8d21f6b0c3e7`,
    at: facts.now,
    runUrl: null,
    ...fields,
  };
}
const passed = (rule: string): RuleAnswer => ({ status: "passed", rule, message: "" });
/** Without the two spaces that end a line which another one follows. */
const shown = (text: string): string => text.replace(/ {2}$/gm, "");

describe("the comment on a plan", () => {
  test("is the one of experience.md §5, without what no gate knows yet", () => {
    const { decision } = aComment();
    const others = ["release", "quarantine", "hold", "order", "ancestry", "schema"].map(passed);
    const refused = decision.answers.filter(({ status }) => status === "refused");
    const text = renderPlanComment(aComment({ decision: { ...decision, answers: [...refused, ...others] } }));
    expect(shown(text)).toBe(`<!-- slipway:plan:chronoledger:prod -->
### prod: \`8c41f07\` → \`1f6ac3d\` · 2 commits · plan \`8d21f6b0c3e7\`
**Not yet.** Earliest **2026-11-20 11:00 UTC**, until 15:00 UTC (freeze "weekend"), once 1 person has approved.
| | rule | now | clears |
|---|---|---|---|
| ✗ | soak | 3 h 12 min of 24 h in staging | 2026-11-20 10:04 UTC |
| ✗ | freeze | "quarter close", \`slipway.yaml:24\` | 2026-11-20 11:00 UTC |
| ✗ | approval | 0 of 1, not by octocat | needs a person |
| ✓ | 6 others | release, quarantine, hold, order, ancestry, schema | |

**Steps** 1 migration · 2 services · 5 web files · usually 1 min 12 s · back at every step: not known, no gate has looked whether \`8c41f07\` runs after 1 new migration
<details><summary>Migration, images, commits</summary>

\`20261118101500_project_colour\`
api \`70d3b5e81f4c\` → \`9b1f42c07e5d\` · worker \`a81e30c96b5d\` → \`d07a63e15c48\` · \`e7d2b9a\` Cache project totals · \`1f6ac3d\` Add project colour
</details>

\`promote --sha 1f6ac3dc1626e53a13043b026c48bbf33feff924 --env prod --expect 8d21f6b0c3e7\` · observed 2026-11-19 13:16 UTC
`);
  });

  test("breaks lines that a summary would join", () => {
    expect(renderPlanComment(aComment())).toContain("20261118101500_project_colour`  \napi ");
  });

  test("says that a release may enter, who approved, and what was passed over", () => {
    const request = aRequest({ sha: to, overrides: ["soak"], reason: "hotfix <b>" });
    const approvals = known([anApproval({ sha: to, planHash: hash })]);
    const facts = someFacts({
      policy: aPolicy({ prod: { soakSeconds: 86_400, approvals: 1, waive: ["freeze"], freeze: [close] } }),
      release: known({ status: "found", release, web: null }),
      below,
      approvals,
    });
    const decision = decide({ facts, plan, request, mode: "new" });
    const lines = renderPlanComment(aComment({ facts, request, decision })).split("\n");
    expect(lines[2]).toBe(`**Allowed now.** Approved by ${hubot.name}. Overridden: soak (hotfix &lt;b&gt;).`);
    expect(lines).toContain(
      "| ! | soak | staging has run it for 3 h 12 min, prod asks for 24 h; overridden: hotfix &lt;b&gt; | |",
    );
    expect(lines.find((line) => line.startsWith("| ! | freeze"))).toMatch(/; waived here \| \|$/);
    expect(lines.find((line) => line.startsWith("| ✓"))).toMatch(/^\| ✓ \| \d+ others \| release, .*approval/);
  });

  test("names every reason of a no, with its evidence folded", () => {
    const facts = someFacts({ release: known({ status: "missing" }), relation });
    const request = aRequest({ sha: to });
    const decision = decide({ facts, plan: null, request, mode: "new" });
    const text = renderPlanComment(aComment({ facts, decision, plan: null, command: null, distance: null }));
    expect(text).toMatch(/^### prod: `8c41f07` → `1f6ac3d` · no plan$/m);
    expect(text).toMatch(/^\*\*Refused\.\*\* \d reasons?; waiting alone does not clear all of them\.$/m);
    expect(text).toMatch(/^\| ✗ \| release-missing \| .* \| \|$/m);
    expect(text).not.toContain("**Steps**");
    expect(text.endsWith("\nobserved 2026-11-19 13:16 UTC\n")).toBe(true);
  });

  test("tells could-not-tell from no", () => {
    const facts = someFacts({ quarantine: { status: "unknown", because: "the store did not answer" } });
    const decision = decide({ facts, plan, request: aRequest({ sha: to }), mode: "new" });
    const text = renderPlanComment(aComment({ facts, decision }));
    expect(text).toContain("**Could not tell.** 1 rule could not be asked.");
    expect(text).toMatch(/^\| \? \| quarantined \| could not tell: .*the store did not answer/m);
  });

  test.each([
    { approvals: 1, says: "**Not yet.** Once 1 person has approved." },
    { approvals: 3, says: "**Not yet.** Once 3 people have approved." },
  ])("asks for $approvals where nothing else is missing", ({ approvals, says }) => {
    const facts = someFacts({ prod: { approvals } });
    const decision = decide({ facts, plan, request: aRequest(), mode: "new" });
    expect(renderPlanComment(aComment({ facts, decision }))).toContain(says);
  });

  test("has nothing to do where a newer release runs", () => {
    const reason = { code: "superseded", kind: "no", message: "late", evidence: [], data: {}, clearsAt: null } as const;
    const answer = { status: "refused", rule: "ancestry", reason: { ...reason, overridable: false } } as const;
    const decision: Decision = { ...aComment().decision, allowed: false, answers: [answer], reasons: [answer.reason] };
    expect(renderPlanComment(aComment({ decision }))).toContain("**Nothing to do.**");
  });

  test("of a rollback names what is left behind, and moves nothing where nothing is to be moved", () => {
    const request = { environment: environmentOf("prod"), action: "rollback" } as const;
    const back = aPlan({
      action: "rollback",
      before: goal,
      goal: before,
      hash,
      steps: steps.map((step) => ({ ...step, already: true }) as Plan["steps"][number]),
    });
    const lost = [{ sha: to, subject: "Add project colour" }];
    const facts = {
      ...someFacts(),
      relation: known({ relation: "behind", onBranch: true, commits: [], lost } as const),
    };
    const text = renderPlanComment(
      aComment({
        request,
        plan: back,
        facts,
        from: to,
        to: from,
        distance: "1 commit back",
        usualSeconds: null,
        command: `promote rollback --env prod --to ${from}`,
      }),
    );
    expect(text).toContain("### prod: `1f6ac3d` → `8c41f07` · 1 commit back · plan `8d21f6b0c3e7`\n");
    expect(text).toContain("**Steps** nothing to move\n");
    expect(text).toContain("<summary>Commits</summary>\n\nwithout `1f6ac3d` Add project colour\n");
    expect(text).toContain(`\n\`promote rollback --env prod --to ${from}\` · observed`);
  });

  test("of a first release has nothing before it", () => {
    const first = aPlan({
      before: { services: {}, web: null },
      goal: aState(aRelease({ services: [aService()] })),
      hash,
    });
    const text = renderPlanComment(aComment({ plan: first, from: null }));
    expect(text).toContain("### prod: nothing → `1f6ac3d` · plan `8d21f6b0c3e7`");
    expect(text).toContain(`api nothing → \`${imageOf(aRelease().manifest.git.sha).slice(7, 19)}\``);
  });
});
