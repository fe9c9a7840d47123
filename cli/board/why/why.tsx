import type { LaneDocument } from "../../src/board/documents.ts";
import type { ExplainDocument, RuleDocument } from "../../src/documents/explain.ts";
import { useOld } from "../data/old.ts";
import type { Asked } from "../data/use-document.ts";
import { Commands } from "../parts/commands.tsx";
import { ProblemNote } from "../parts/problem.tsx";
import { Sha } from "../parts/sha.tsx";
import { type Mark, Sign } from "../parts/sign.tsx";
import { Text } from "../text/text.tsx";
import { Time } from "../time/time.tsx";
import { PassedRules, RuleAgainst } from "./rule.tsx";

interface WhyProps {
  readonly asked: Asked<ExplainDocument>;
  readonly name: string;
  /** Null: the board does not name it. */
  readonly lane: LaneDocument | null;
  readonly now: number;
}

/** Every rule for and against what may enter an environment, with its evidence. */
export function Why({ asked, name, lane, now }: WhyProps) {
  const { seen, problem } = asked;
  const isOld = useOld();
  if (problem && !seen) return <ProblemNote problem={problem} what="The answer" />;
  if (!seen) return <p class="waiting">asking the rules</p>;
  const answer = seen.document;
  const against = answer.rules.filter(({ status }) => status !== "passed");
  const passed = answer.rules.filter(({ status }) => status === "passed");
  return (
    <>
      {problem ? <ProblemNote problem={problem} what="What is newer" /> : null}
      <p class="answer">
        <Sign mark={isOld ? "unknown" : marks[answer.decision]} /> {isOld ? "was: " : ""}
        <Sentence answer={answer} name={name} against={against} />
      </p>
      <Earliest answer={answer} now={now} />
      {against.length > 0 ? (
        <ul class="rules">
          {against.map((rule) => (
            <RuleAgainst key={rule.rule} rule={rule} now={now} />
          ))}
        </ul>
      ) : null}
      <PassedRules rules={passed} />
      {lane ? <Commands commands={lane.commands} label="What helps now" /> : null}
    </>
  );
}

const marks: Readonly<Record<ExplainDocument["decision"], Mark>> = {
  allowed: "done",
  refused: "no",
  unknown: "unknown",
};
const may = { allowed: "may", refused: "may not", unknown: "could not be told whether it may" } as const;

function Sentence({
  answer,
  name,
  against,
}: {
  readonly answer: ExplainDocument;
  readonly name: string;
  readonly against: readonly RuleDocument[];
}) {
  const { decision, to, at, asOf, rules } = answer;
  const count = against.filter(({ status }) => status === "refused").length;
  return (
    <>
      {to === null ? "Nothing" : <Sha sha={to} />} {to === null ? "is there that may" : may[decision]} enter{" "}
      <Text value={name} />{" "}
      {asOf ? (
        <>
          at <Time at={at} />, all else taken as it is now
        </>
      ) : (
        "now"
      )}
      {count > 0 ? `: ${count} of ${rules.length} rules.` : `: ${rules.length} rules.`}
    </>
  );
}

function Earliest({ answer, now }: { readonly answer: ExplainDocument; readonly now: number }) {
  const { earliest, until, decision, reasons } = answer;
  if (earliest === null && until === null) return null;
  const onceApproved = reasons.some(({ code }) => code === "approval");
  return (
    <p class="earliest">
      {earliest !== null && decision !== "allowed" ? (
        <>
          Earliest <Time at={earliest} now={now} />
        </>
      ) : (
        "Open"
      )}
      {until === null ? null : (
        <>
          , until <Time at={until} now={now} />
        </>
      )}
      {onceApproved ? ", once approved" : ""}
    </p>
  );
}
