import type { JourneyApproval, JourneyStop, TimelineEpoch } from "../../src/board/documents.ts";
import { useOld } from "../data/old.ts";
import { EpochSign } from "../parts/epoch-mark.tsx";
import { type Mark, Sign } from "../parts/sign.tsx";
import { useWay } from "../route/use-route.ts";
import { Text } from "../text/text.tsx";
import { Time } from "../time/time.tsx";
import { soakBar } from "./soak.ts";

interface StopProps {
  readonly stop: JourneyStop;
  /** Name of the environment above, which asks for the soak. */
  readonly above: string | null;
  readonly now: number;
}

/** One environment on a release's way. */
export function Stop({ stop, above, now }: StopProps) {
  const { mark, words } = standing(stop, useOld());
  const soak = soakBar(stop);
  return (
    <li>
      <h3>
        <Sign mark={mark} /> <Text value={stop.name} /> <span class="stop-words">{words}</span>
      </h3>
      {stop.because === null ? null : (
        <p class="problem">
          <Text value={stop.because} />
        </p>
      )}
      {stop.attempts.length > 0 ? (
        <ul class="attempts">
          {stop.attempts.map((attempt) => (
            <Attempt key={attempt.epoch} env={stop.env} attempt={attempt} now={now} />
          ))}
        </ul>
      ) : null}
      {soak ? (
        <p class="soak">
          <label>
            soak {above === null ? "" : "for "}
            {above === null ? null : <Text value={above} />} <progress value={soak.value} max={soak.max} />{" "}
            <span>
              {soak.isDone ? <Sign mark="done" /> : null} {soak.words}
            </span>
          </label>
        </p>
      ) : null}
      {stop.approvals.length > 0 ? (
        <ul class="approvals">
          {stop.approvals.map((approval) => (
            <Approval key={`${approval.by} ${approval.at}`} approval={approval} now={now} />
          ))}
        </ul>
      ) : null}
    </li>
  );
}

function standing(
  { because, isRunning, runs, attempts }: JourneyStop,
  isOld: boolean,
): {
  readonly mark: Mark;
  readonly words: string;
} {
  if (because !== null) return { mark: "unknown", words: "could not tell" };
  if (isRunning) return isOld ? { mark: "unknown", words: "was: runs here" } : { mark: "done", words: "runs here" };
  if (runs.length > 0) return { mark: "same", words: "ran here" };
  return attempts.length > 0 ? { mark: "no", words: "never ran here" } : { mark: "coming", words: "not yet" };
}

function Attempt({
  env,
  attempt,
  now,
}: {
  readonly env: string;
  readonly attempt: TimelineEpoch;
  readonly now: number;
}) {
  const { to } = useWay();
  return (
    <li>
      <EpochSign mark={attempt.mark} />{" "}
      <a href={to({ kind: "epoch", env, epoch: attempt.epoch, log: null })}>epoch {attempt.epoch}</a>{" "}
      <Text value={attempt.ended} />{" "}
      <span class="facts">
        <Time at={attempt.endedAt ?? attempt.startedAt} now={now} /> by <Text value={attempt.by} />
      </span>
    </li>
  );
}

function Approval({ approval, now }: { readonly approval: JourneyApproval; readonly now: number }) {
  const { state, by, at, plan } = approval;
  return (
    <li>
      <Sign mark={state === "valid" ? "done" : "look"} /> approved by <Text value={by} /> <Time at={at} now={now} />,
      plan <code>{plan.replace(/^sha256:/, "").slice(0, 12)}</code>
      {state === "valid" ? null : <Text value={`: ${state}`} />}
    </li>
  );
}
