import type { TaskOrder, TaskState } from "../../ports.ts";
import { attempt, InterruptedError, type Interruption, pause, type StepContext, secondsSince } from "./step-context.ts";

export type TaskEnd =
  | {
      readonly status: "stopped";
      readonly state: Extract<TaskState, { status: "stopped" }>;
      readonly lines: readonly string[];
      readonly timedOut: boolean;
      /** Somebody asked to stop, so the task was stopped, or had ended by itself. */
      readonly interrupted: Interruption | null;
    }
  | { readonly status: "declined"; readonly because: string; readonly interrupted: Interruption | null }
  | { readonly status: "unknown"; readonly because: string };

/** Beyond the task's own limit: time to stop it, and for a target that answers late. */
const graceSeconds = 120;

/**
 * Starts a one-off task by its key and follows it to its end and to the last line of its log. Look, act, look: a lost reply
 * is settled by looking the key up; the same key never starts a second task. Asked to put back, it stops the task and
 * follows it all the same: while it may still commit, nothing is known to be as before.
 * @throws InterruptedError to leave all of it as it is
 */
export async function followTask(
  order: TaskOrder,
  context: StepContext,
  limitSeconds: number,
  text: string,
): Promise<TaskEnd> {
  const { tasks } = context.ports;
  const begun = context.clock.monotonic();
  let listening = context;
  let interrupted: Interruption | null = null;
  let heardAt = 0;
  let lines: readonly string[] = [];
  let timedOut = false;
  let isAskedToStop = false;
  let because = "never asked";
  let declined: string | null = null;
  let sent = 0;
  for (;;) {
    const look = await attempt(() => tasks.inspect(order.key));
    if (!look.ok) because = look.error.message;
    else if (look.value === null) {
      if (declined !== null) return { status: "declined", because: declined, interrupted };
      if (interrupted && sent === 0) return { status: "declined", because: "interrupted", interrupted };
      if (!interrupted) {
        sent += 1;
        const started = await attempt(() => tasks.start(order, context.permit));
        if (!started.ok) because = started.error.message;
        else if (started.value.status === "declined") declined = started.value.because;
      }
    } else {
      lines = await newLines(order.key, lines, context);
      if (look.value.status === "stopped") {
        const all = await lastLines(order.key, lines, deaf(context));
        return { status: "stopped", state: look.value, lines: all, timedOut, interrupted };
      }
      context.progress(text, limitSeconds);
    }
    const seconds = secondsSince(context, begun);
    if (seconds > limitSeconds + graceSeconds)
      return { status: "unknown", because: `no end was seen within ${limitSeconds + graceSeconds} s: ${because}` };
    if (interrupted && seconds > heardAt + graceSeconds)
      return { status: "unknown", because: `interrupted, and no end was seen within ${graceSeconds} s: ${because}` };
    if ((seconds > limitSeconds || interrupted) && !isAskedToStop) {
      isAskedToStop = (await attempt(() => tasks.stop(order.key, context.permit))).ok;
      timedOut = isAskedToStop && !interrupted;
    }
    const heard = await pauseOrHear(listening, tasks.pollMilliseconds);
    interrupted ??= heard;
    if (interrupted && listening === context) {
      listening = deaf(context);
      heardAt = seconds;
    }
  }
}

/** Null: the pause is over. @throws InterruptedError of somebody who leaves */
async function pauseOrHear(context: StepContext, milliseconds: number): Promise<Interruption | null> {
  try {
    await pause(context, milliseconds);
    return null;
  } catch (error) {
    if (error instanceof InterruptedError && error.mode === "put-back") return error.mode;
    throw error;
  }
}

const never = new AbortController().signal;
const deaf = (context: StepContext): StepContext => ({ ...context, interruption: () => null, wake: never });

async function newLines(key: string, lines: readonly string[], context: StepContext): Promise<readonly string[]> {
  const answer = await attempt(() => context.ports.tasks.log(key, lines.length));
  if (!answer.ok) return lines;
  for (const line of answer.value.lines) context.log(context.redact(line));
  return [...lines, ...answer.value.lines];
}

/** The result is in the last line: asked until the log is complete, for about half a minute. */
async function lastLines(key: string, soFar: readonly string[], context: StepContext): Promise<readonly string[]> {
  let lines = soFar;
  for (let round = 0; round < 30; round += 1) {
    const answer = await attempt(() => context.ports.tasks.log(key, lines.length));
    if (answer.ok) {
      for (const line of answer.value.lines) context.log(context.redact(line));
      lines = [...lines, ...answer.value.lines];
      if (answer.value.complete) return lines;
    }
    await pause(context, context.ports.tasks.pollMilliseconds * (round < 5 ? 1 : 10));
  }
  return lines;
}
