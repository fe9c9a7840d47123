import type { EpochDocument } from "../../src/documents/history.ts";
import { Sign } from "../parts/sign.tsx";
import { Text } from "../text/text.tsx";
import { LogLines } from "./log-lines.tsx";

/** What went wrong, where, and the end of what was logged. */
export function FailureNote({ failure }: { readonly failure: NonNullable<EpochDocument["failure"]> }) {
  const { code, step, name, cause, where, log, logLines, requestsServed } = failure;
  return (
    <section class="failure" aria-label="What went wrong">
      <p>
        <Sign mark="no" /> <code class="code">{code}</code>
        {step === null ? null : (
          <>
            {" "}
            at {step} {name === null ? null : <Text value={name} />}
          </>
        )}
        : <Text value={cause} />
      </p>
      {where ? (
        <>
          <p class="facts">
            <code>
              <Text value={where.line === null ? where.file : `${where.file}:${where.line}`} />
            </code>
          </p>
          {where.excerpt.length > 0 ? <LogLines lines={where.excerpt} label="The place in the file" /> : null}
        </>
      ) : null}
      {requestsServed === null || requestsServed === undefined ? null : (
        <p class="facts">
          {requestsServed} {requestsServed === 1 ? "request" : "requests"} reached the new tasks
        </p>
      )}
      {log.length > 0 ? (
        <>
          <p class="facts">
            last {log.length} of {logLines} lines
          </p>
          <LogLines lines={log} label="End of the log" />
        </>
      ) : null}
    </section>
  );
}
