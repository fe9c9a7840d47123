import type { RuleDocument } from "../../src/documents/explain.ts";
import { type Mark, Sign } from "../parts/sign.tsx";
import { Text } from "../text/text.tsx";
import { Time } from "../time/time.tsx";
import { evidenceOf } from "./evidence.ts";

type Refused = Extract<RuleDocument, { status: "refused" }>;
const words: Readonly<Record<RuleDocument["status"], string>> = {
  passed: "passed",
  refused: "refused",
  overridden: "overridden",
  waived: "waived here",
  unproven: "not proven",
};

/** A rule that did not simply pass, with what it saw. */
export function RuleAgainst({ rule, now }: { readonly rule: RuleDocument; readonly now: number }) {
  return (
    <li class="rule">
      <h3>
        <Sign mark={markOf(rule)} label={`${wordOf(rule)}: `} /> {rule.rule}
        <span class="rule-word" aria-hidden="true">
          {wordOf(rule)}
        </span>
      </h3>
      <p>
        <Text value={rule.message} />
      </p>
      {rule.status === "overridden" ? (
        <p class="facts">
          overridden: <Text value={rule.because} />
        </p>
      ) : null}
      {rule.status === "refused" ? <Evidence rule={rule} now={now} /> : null}
    </li>
  );
}

function markOf(rule: RuleDocument): Mark {
  if (rule.status === "refused") return rule.kind === "unknown" ? "unknown" : "no";
  return rule.status === "passed" ? "done" : "look";
}

const wordOf = (rule: RuleDocument): string =>
  rule.status === "refused" && rule.kind === "unknown" ? "could not tell" : words[rule.status];

function Evidence({ rule, now }: { readonly rule: Refused; readonly now: number }) {
  const { lines, facts } = evidenceOf(rule.evidence);
  return (
    <>
      <p class="clears">
        {rule.clearsAt === null ? (
          rule.code === "approval" && rule.kind === "no" ? (
            "needs a person"
          ) : (
            "waiting alone does not clear it"
          )
        ) : (
          <>
            clears <Time at={rule.clearsAt} now={now} />
          </>
        )}
        {rule.overridable ? "; can be overridden with a reason" : ""}
      </p>
      {lines.length > 0 ? (
        <ul class="evidence">
          {lines.map((line) => (
            <li key={line}>
              <Text value={line} />
            </li>
          ))}
        </ul>
      ) : null}
      {facts.length > 0 ? (
        <details class="facts-of-rule">
          <summary>all that it saw</summary>
          <dl>
            {facts.map(({ name, value }) => (
              <div key={name}>
                <dt>
                  <Text value={name} />
                </dt>
                <dd>
                  <Text value={value} />
                </dd>
              </div>
            ))}
          </dl>
        </details>
      ) : null}
      <p class="facts">
        more: <code>promote help {rule.code}</code>
      </p>
    </>
  );
}

/** What stands in nobody's way, two beside each other. */
export function PassedRules({ rules }: { readonly rules: readonly RuleDocument[] }) {
  if (rules.length === 0) return null;
  return (
    <section class="passed" aria-label="Rules that passed">
      <ul>
        {rules.map((rule) => (
          <li key={rule.rule}>
            <Sign mark="done" label="passed: " /> <strong>{rule.rule}</strong> <Text value={rule.message} />
          </li>
        ))}
      </ul>
    </section>
  );
}
