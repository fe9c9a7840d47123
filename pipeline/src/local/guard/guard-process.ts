import { createInterface } from "node:readline";
import { sweep } from "./sweep.ts";
import { terminate, type Watched } from "./terminate.ts";

/*
 * The program of the guard. Its stdin is a dead-man's switch: the kernel closes it when the owner ends, however it ends.
 * Lines are JSON: {"watch": Watched}, {"forget": pid}, {"mark": text}, or {"mark": null} from an owner that ends in good order.
 */
type Line = { readonly watch: Watched } | { readonly forget: number } | { readonly mark: string | null };

// Only the owner's end may end the guard: a Ctrl-C or a hang-up that reaches both must not disarm it.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);

const watched = new Map<number, Watched>();
let mark: string | null = null;
const lines = createInterface({ input: process.stdin });
lines.on("line", (text) => {
  const line = parse(text);
  if (line === null) return;
  if ("watch" in line) watched.set(line.watch.pid, line.watch);
  else if ("mark" in line) mark = line.mark;
  else watched.delete(line.forget);
});
lines.on("close", () => {
  void Promise.allSettled([...watched.values()].map(terminate))
    .then(() => (mark === null ? undefined : sweep(mark)))
    .finally(() => process.exit(0));
});

/** The last line may be cut short by the owner's death: it is then no order. */
function parse(text: string): Line | null {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return null;
  }
}
