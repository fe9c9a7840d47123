import { front } from "./front.ts";
import { processShell } from "./shell.ts";

// A reader that has seen enough (`promote status | head`) is no failure, and no reason to leave a promotion half way.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}
// Started by the launcher on a Node of its choosing: its end is ours.
if (process.env.SLIPWAY_LAUNCHED && process.channel) {
  process.once("disconnect", () => process.kill(process.pid, "SIGKILL"));
  process.channel.unref();
}

process.exitCode = await front(process.argv.slice(2), processShell());
