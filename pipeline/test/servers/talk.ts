import { connect, type Socket } from "node:net";

/** A port of the loopback address, or a socket's path. */
export type Where = number | string;

export const dial = (where: Where): Socket =>
  typeof where === "number" ? connect(where, "127.0.0.1") : connect(where);

/** Nobody takes longer, on a machine that is busy with other tests. */
const patienceMilliseconds = 1_500;
/** For what might come after all that was expected. */
const quietMilliseconds = 80;

/** All that comes back (latin1) until the other side closes, or says no more; `expected` are the statuses of a whole answer. */
export function talk(where: Where, bytes: Uint8Array, expected = ""): Promise<string> {
  return new Promise((resolve) => {
    const socket = dial(where);
    let answer = "";
    const end = (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setEncoding("latin1").on("data", (part: string) => {
      answer += part;
      if (statusesOf(answer) === expected) socket.setTimeout(quietMilliseconds);
    });
    socket.once("error", end).once("close", end).setTimeout(patienceMilliseconds, end);
    socket.write(bytes);
  });
}

/** The statuses in what was answered, in order; "closed": the connection was closed, or nothing was said. */
export function statusesOf(answer: string): string {
  const statuses = [...answer.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status);
  return statuses.length === 0 ? "closed" : statuses.join(" ");
}
