import type { EnvironmentName, Step } from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { isOnGitHub } from "../session/actor.ts";
import type { Session } from "../session.ts";
import { InteractiveRenderer } from "../terminal/interactive.ts";
import { PlainRenderer } from "../terminal/plain-lines.ts";
import type { Renderer } from "../terminal/renderer.ts";
import { waitOf } from "./request.ts";
import { readUsualTimes, type UsualTimes } from "./usual-times.ts";

/** What shows the events of a run here. How long things usually take is read beside it, once a run has begun. */
export function rendererFor(call: Call, session: Session, environment: EnvironmentName): Renderer {
  const { nameOf, clock } = session;
  let usual: UsualTimes | null = null;
  let isAsked = false;
  const ask = async (): Promise<void> => {
    isAsked = true;
    usual = await readUsualTimes(session, environment);
  };
  const usualSeconds = (step: Step): number | null => usual?.stepSeconds(step) ?? null;
  const options = { nameOf, waitSeconds: waitOf(call) / 1000, usualSeconds };
  const renderer =
    call.output.style.redraws && call.output.isText
      ? new InteractiveRenderer(call.output, { ...options, monotonic: () => clock.monotonic() })
      : new PlainRenderer(call.output, { ...options, clock, onGitHub: isOnGitHub(call.shell.variables) });
  return {
    say: renderer.say,
    end: renderer.end,
    show: (event) => {
      if (event.type === "step:start" && !isAsked && call.output.isText) void ask();
      renderer.show(event);
    },
  };
}
