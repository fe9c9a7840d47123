import http from "node:http";
import https from "node:https";
import { readProbeAnswer } from "../environment/probe-answer.ts";
import type { Probe } from "../ports.ts";

/** Through caches, and to whatever is woken by the first request. */
const patienceMilliseconds = 20_000;

/** Asks the environment's public address, as a visitor would; redirects are an answer and are not followed. Null: nobody can reach it. */
export const awsProbe = (url: string | null): Probe => ({
  ask: (method, path) =>
    new Promise((resolve) => {
      const unreachable = () => resolve("unreachable");
      // Joined as text: a path such as `//elsewhere/` must not lead to another host.
      const address = url === null ? null : URL.parse(`${url}${path}`);
      if (address === null) return unreachable();
      const { request } = address.protocol === "https:" ? https : http;
      const asked = request(
        address,
        { method, agent: false, signal: AbortSignal.timeout(patienceMilliseconds) },
        (answer) => {
          readProbeAnswer(answer.statusCode ?? 0, answer).then(resolve, unreachable);
        },
      );
      asked.on("error", unreachable);
      asked.end();
    }),
});
