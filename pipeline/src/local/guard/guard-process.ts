import { createInterface } from "node:readline";
import { terminate, type Watched } from "./terminate.ts";

/*
 * The program of the guard. Its stdin is a dead-man's switch: the kernel closes it when the owner ends, however it ends.
 * Lines are JSON: {"watch": Watched} or {"forget": pid}.
 */
type Line = { readonly watch: Watched } | { readonly forget: number };

// Only the owner's end may end the guard: a Ctrl-C or a hang-up that reaches both must not disarm it.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);

const watched = new Map<number, Watched>();
const lines = createInterface({ input: process.stdin });
lines.on("line", (text) => {
  const line = parse(text);
  if (line === null) return;
  if ("watch" in line) watched.set(line.watch.pid, line.watch);
  else watched.delete(line.forget);
});
lines.on("close", () => {
  void Promise.allSettled([...watched.values()].map(terminate)).then(() => process.exit(0));
});

/** The last line may be cut short by the owner's death: it is then no order. */
function parse(text: string): Line | null {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return null;
  }
}
