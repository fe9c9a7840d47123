import { readProbeAnswer } from "../environment/probe-answer.ts";
import type { Probe } from "../ports.ts";
import { http } from "./http.ts";

const patienceMilliseconds = 10_000;

/** Asks the environment's own address, as a visitor would; redirects are an answer and are not followed. */
export const localProbe = (url: string): Probe => ({
  ask: (method, path) =>
    new Promise((resolve) => {
      const unreachable = () => resolve("unreachable");
      const asked = http.request(
        // Joined as text: a path such as `//elsewhere/` must not lead to another host.
        new URL(`${url}${path}`),
        { method, agent: false, signal: AbortSignal.timeout(patienceMilliseconds) },
        (answer) => {
          readProbeAnswer(answer.statusCode ?? 0, answer).then(resolve, unreachable);
        },
      );
      asked.on("error", unreachable);
      asked.end();
    }),
});
