import type { Problem } from "../data/ask.ts";
import { Text } from "../text/text.tsx";
import { Commands } from "./commands.tsx";
import { Sign } from "./sign.tsx";

/** What could not be had, in the place where it would have stood. */
export function ProblemNote({ problem, what }: { readonly problem: Problem; readonly what: string }) {
  return (
    <div class="problem">
      <p>
        <Sign mark={problem.kind === "silent" ? "unknown" : "no"} /> <strong>{what}</strong> cannot be shown:{" "}
        <Cause problem={problem} />
      </p>
      {problem.kind === "error" ? <Commands commands={problem.error.next} label="What helps" /> : null}
    </div>
  );
}

function Cause({ problem }: { readonly problem: Problem }) {
  switch (problem.kind) {
    case "silent":
      return <>the board does not answer. It is asked again each 5 s.</>;
    case "foreign":
      return <>something else answers here ({problem.because}). Load the page again.</>;
    case "error": {
      const { code, message, where } = problem.error;
      const place = [where?.file, where?.line, where?.path].filter((part) => part != null).join(":");
      return (
        <>
          <code class="code">{code}</code> <Text value={message} />
          {place === "" ? null : (
            <>
              {" "}
              <code>
                <Text value={place} />
              </code>
            </>
          )}
        </>
      );
    }
  }
}
