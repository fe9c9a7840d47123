import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Digest } from "../identifiers.ts";
import type { Probe, ProbeAnswer } from "../ports.ts";
import { http } from "./http.ts";

const patienceMilliseconds = 10_000;
const keptBodyBytes = 64 * 1024;

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
          readAnswer(answer).then(resolve, unreachable);
        },
      );
      asked.on("error", unreachable);
      asked.end();
    }),
});

async function readAnswer(answer: IncomingMessage): Promise<ProbeAnswer> {
  const hash = createHash("sha256");
  const kept: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    hash.update(chunk);
    if (bytes < keptBodyBytes) kept.push(chunk.subarray(0, keptBodyBytes - bytes));
    bytes += chunk.length;
  }
  return {
    status: answer.statusCode ?? 0,
    sha256: `sha256:${hash.digest("hex")}` as Digest,
    body: Buffer.concat(kept).toString("utf8"),
  };
}
