import { front } from "./front.ts";
import { processShell } from "./shell.ts";

// Zod's own settings, before it is loaded (`z.config` would load it for --help too): compiling a parser for each schema takes
// longer than it saves a process that reads a few documents of each kind.
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });

let isLost = false;
// A reader that has seen enough (`promote status | head`) is no failure, and no reason to leave a promotion half way.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || isLost) return;
    isLost = true;
    const text = `Usage: the output could not be written (${error.code}). What was done stays done; promote history tells it.\n`;
    if (stream === process.stdout) process.stderr.write(text);
    if (process.exitCode === 0) process.exitCode = 2;
  });
}
// Started by the launcher on a Node of its choosing: its end is ours.
if (process.env.SLIPWAY_LAUNCHED && process.channel) {
  process.once("disconnect", () => process.kill(process.pid, "SIGKILL"));
  process.channel.unref();
}

const exit = await front(process.argv.slice(2), processShell());
process.exitCode = isLost && exit === 0 ? 2 : exit;
