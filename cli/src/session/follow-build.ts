import { type BuildEvent, type Clock, type ExitCode, exitCodes } from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { errorDocumentOf } from "../documents/error.ts";
import { BuildRenderer } from "../terminal/build-lines.ts";

/** Shows a build as it goes, and ends it when somebody presses Ctrl-C: nothing is published then. */
export async function followBuild<T>(
  call: Call,
  clock: Clock,
  work: (emit: (event: BuildEvent) => void, signal: AbortSignal) => Promise<T>,
  conclude: (end: T) => ExitCode,
): Promise<ExitCode> {
  const abort = new AbortController();
  const end = call.shell.onInterrupt(() => abort.abort(new Error("interrupted")));
  const renderer = new BuildRenderer(call.output, clock);
  const emit = (event: BuildEvent): void => {
    call.output.event(event);
    renderer.show(event);
  };
  try {
    const built = await work(emit, abort.signal);
    renderer.end();
    return conclude(built);
  } catch (error) {
    renderer.end();
    if (!abort.signal.aborted) throw error;
    const text = "stopped by hand. Nothing was published.";
    call.output.verdict({ verdict: "Interrupted", text });
    call.output.document(errorDocumentOf("interrupted", exitCodes.interrupted, text));
    return exitCodes.interrupted;
  } finally {
    end();
  }
}
