import { setTimeout as sleep } from "node:timers/promises";
import { codeOf, messageOf, RunnerFailure } from "./failure.ts";
import type { Termination } from "./termination.ts";

/** cannot_connect_now, too_many_connections, and a server that is not there yet. */
const passing = ["57P03", "53300", "ECONNREFUSED", "EAI_AGAIN"];
const patienceMilliseconds = 5_000;

/** Connects, and again for a while when the server starts or is full. @throws RunnerFailure with its code */
export async function connectPatiently<T>(
  connect: () => Promise<T>,
  { termination, say }: { readonly termination: Termination; readonly say: (text: string) => void },
): Promise<T> {
  const deadline = performance.now() + patienceMilliseconds;
  for (let pause = 250; ; pause *= 2) {
    termination.check();
    try {
      return await connect();
    } catch (error) {
      const code = codeOf(error);
      if (!passing.includes(code) || performance.now() + pause > deadline) {
        throw new RunnerFailure("failed", { code, message: `the database cannot be reached: ${messageOf(error)}` });
      }
      say(`the database cannot be reached (${code}); again in ${pause} ms`);
      await sleep(pause);
    }
  }
}
