import { basename } from "node:path";
import {
  DeposedError,
  type EnvironmentName,
  type ExitCode,
  exitCodes,
  LeaseLostError,
  type PromotionEvent,
  quoteInput,
  runUnderLease,
  UserError,
} from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { errorDocumentOf } from "../documents/error.ts";
import { busyDocument, lockRunDocument } from "../documents/lock.ts";
import { InterruptedWait } from "../promotion/interruption.ts";
import { rendererFor } from "../promotion/renderer-for.ts";
import { waitOf } from "../promotion/request.ts";
import type { Session } from "../session.ts";
import { sameLadder } from "../terminal/command-line.ts";
import { acquireFor } from "./acquire.ts";
import { findProgram } from "./find-program.ts";
import { leaseFacts } from "./lease-facts.ts";
import { type CommandResult, runCommand } from "./run-command.ts";

/** The program of `lock run`, absolute. @throws UserError, before anything is opened or taken */
export function programOf(call: Call): string {
  const [name] = call.args.command;
  if (name === undefined) {
    throw new UserError({
      code: "usage",
      message: "promote lock run needs a command after --. Nothing was run.",
      next: [`promote lock run --env ${call.args.values.env ?? "<env>"} -- pulumi up`],
    });
  }
  const program = findProgram(name, call.shell.folder, call.shell.variables.PATH);
  if (program !== null) return program;
  throw new UserError({
    code: "usage",
    message: `${quoteInput(name)} is no program that can be run from here. Nothing was run.`,
  });
}

/** Runs a command while nobody else may change the environment; answers with the command's own exit code. */
export async function lockRun(
  call: Call,
  session: Session,
  environment: EnvironmentName,
  program: string,
): Promise<ExitCode> {
  const { output } = call;
  const name = session.nameOf(environment);
  using waiting = stopWaiting(call);
  const renderer = rendererFor(call, session, environment);
  const acquire = {
    ...(await acquireFor(call, session, environment)),
    waitMilliseconds: waitOf(call),
    signal: waiting.signal,
    emit: (event: PromotionEvent) => {
      output.event(event);
      renderer.show(event);
    },
  };
  const run = async (epoch: number, signal: AbortSignal): Promise<CommandResult> => {
    waiting[Symbol.dispose]();
    renderer.end();
    output.say(`${name} is locked, epoch ${epoch}: runs ${basename(program)}.`);
    const { startGuard } = await import("@slipway/pipeline/local");
    await using guard = await startGuard();
    const args = call.args.command.slice(1);
    return await runCommand(call.shell, { program, args, keepsStdout: !output.isText, signal, guard });
  };
  try {
    const answer = await runUnderLease({ acquire, doing: `runs ${basename(program)}`, run });
    renderer.end();
    if (answer.status === "busy") return busy(call, name, busyDocument(environment, answer.look), answer.look);
    return tell(call, name, lockRunDocument(environment, answer.epoch, basename(program), answer.end));
  } catch (error) {
    renderer.end();
    if (error instanceof InterruptedWait) return interrupted(call, name);
    throw lostWhileRunning(error, basename(program));
  }
}

function tell(call: Call, name: string, document: ReturnType<typeof lockRunDocument>): ExitCode {
  const { exit, failed } = document;
  call.output.say(`${name} is free again; ${failed ?? `${document.program} exited 0`}.`);
  call.output.document(document);
  // The command's own, whatever it means there.
  return exit as ExitCode;
}

type Busy = Parameters<typeof leaseFacts>[0];

function busy(call: Call, name: string, document: ReturnType<typeof busyDocument>, look: Busy): ExitCode {
  call.output.verdict({
    verdict: "Busy",
    text: `${look.by.name} is changing ${name}. Nothing was run.`,
    blocks: leaseFacts(look),
    next: [`promote lock --env ${document.env}${sameLadder(call)}`],
  });
  call.output.document(document);
  return exitCodes.busy;
}

function interrupted(call: Call, name: string): ExitCode {
  const message = `stopped while waiting for ${name}. Nothing was run.`;
  call.output.verdict({ verdict: "Interrupted", text: message });
  call.output.document(errorDocumentOf("interrupted", exitCodes.interrupted, message));
  return exitCodes.interrupted;
}

/** The command ran already: that nothing was changed cannot be said. */
function lostWhileRunning(error: unknown, program: string): unknown {
  if (!(error instanceof LeaseLostError || error instanceof DeposedError)) return error;
  const message = `${error.message}; ${program} was told to stop, and what it changed is for itself to say.`;
  return new LeaseLostError(message, { cause: error });
}

/** Until the command runs, an interrupt ends the wait; then it is the command's. */
function stopWaiting(call: Call): Disposable & { readonly signal: AbortSignal } {
  const abort = new AbortController();
  const end = call.shell.onInterrupt(() => abort.abort(new InterruptedWait()));
  return { signal: abort.signal, [Symbol.dispose]: end };
}
