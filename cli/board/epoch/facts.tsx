import type { ComponentChildren } from "preact";
import type { EpochDocument } from "../../src/documents/history.ts";
import { spellSeconds } from "../../src/terminal/durations.ts";
import { OutsideLink } from "../parts/outside-link.tsx";
import { Sha } from "../parts/sha.tsx";
import { type Mark, Sign } from "../parts/sign.tsx";
import { Text } from "../text/text.tsx";
import { Time } from "../time/time.tsx";

const marks: Readonly<Record<EpochDocument["outcome"], Mark>> = {
  done: "done",
  failed: "no",
  refused: "no",
  unknown: "unknown",
};

/** What the record says of a run as a whole. */
export function Facts({ epoch }: { readonly epoch: EpochDocument }) {
  const { startedAt, endedAt } = epoch;
  const took = endedAt === null ? null : spellSeconds((Date.parse(endedAt) - Date.parse(startedAt)) / 1000);
  return (
    <>
      <p class="answer">
        <Sign mark={marks[epoch.outcome]} /> <Text value={epoch.ended} />
      </p>
      <dl class="record">
        <Fact name={epoch.command}>
          <Sha sha={epoch.from} /> <span aria-hidden="true">→</span>
          <span class="unseen">to</span> <Sha sha={epoch.to} />
        </Fact>
        <Fact name="by">
          <Text value={epoch.by} />
          {epoch.runUrl === null ? null : (
            <>
              {", "}
              <OutsideLink href={epoch.runUrl} words="its run" />
            </>
          )}
        </Fact>
        <Fact name="began">
          <Time at={startedAt} />
        </Fact>
        <Fact name="ended">
          {endedAt === null ? (
            "no end is recorded"
          ) : (
            <>
              <Time at={endedAt} />, took {took}
            </>
          )}
        </Fact>
        {epoch.environment === null ? null : <Fact name="environment">{epoch.environment}</Fact>}
        {epoch.resumes === null ? null : <Fact name="goes on with">epoch {epoch.resumes}</Fact>}
        {epoch.plan === null ? null : (
          <Fact name="plan">
            <code>{epoch.plan.slice(0, 12)}</code>
          </Fact>
        )}
        {epoch.approvedBy.length > 0 ? (
          <Fact name="approved by">
            <Text value={epoch.approvedBy.join(", ")} />
          </Fact>
        ) : null}
        {epoch.waived.length > 0 ? <Fact name="waived">{epoch.waived.join(", ")}</Fact> : null}
        {epoch.overridden.map(({ code, reason }) => (
          <Fact key={code} name="overridden">
            <code>{code}</code> <Text value={reason} />
          </Fact>
        ))}
        {epoch.reason === null ? null : (
          <Fact name="reason">
            <Text value={epoch.reason} />
          </Fact>
        )}
        {epoch.reasons.map(({ code, message }) => (
          <Fact key={code} name="refused">
            <code>{code}</code> <Text value={message} />
          </Fact>
        ))}
        {epoch.database === null ? null : (
          <Fact name="database">another one was put in place, {epoch.database.migrations} migrations applied</Fact>
        )}
      </dl>
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
