import { type ExitCode, exitCodes, quoteInput, UserError } from "@slipway/pipeline";
import { BoardServer } from "../board/server.ts";
import { BoardWorld } from "../board/world.ts";
import type { Call } from "../call.ts";
import { boardAddressDocument } from "../documents/board-address.ts";
import { openInBrowser } from "../terminal/open-in-browser.ts";

const usualPort = 4600;

/** The ladder as a web page on this machine, until it is interrupted; it can only be read. */
export async function run(call: Call): Promise<ExitCode> {
  const wanted = portOf(call);
  const world = new BoardWorld(call);
  // What keeps it from being read is said here, not in the page.
  const session = await world.session();
  const server = await BoardServer.create(world);
  const port = await server.listen(wanted ?? session.config?.local.port ?? usualPort);
  const url = `http://127.0.0.1:${port}/`;
  const end = untilStopped(call);
  try {
    const { app } = session.policy.policy;
    call.output.table([`The board of ${app}: ${url}`]);
    call.output.document(boardAddressDocument(app, url));
    call.output.say("It can only be read, by this machine alone. Ctrl-C ends it.");
    if (call.args.switches.has("open") && !(await openInBrowser(url, call.shell.variables)))
      call.output.say(`No browser could be opened: open ${url} yourself.`);
    await end;
    return exitCodes.done;
  } finally {
    await server.close();
    // What was still being read for a page that is gone would keep this process.
    if (server.isLooking) call.shell.leave(exitCodes.done);
  }
}

/** Null: none was named. @throws UserError */
function portOf(call: Call): number | null {
  const text = call.args.values.port;
  if (text === undefined) return null;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (port >= 0 && port <= 65_535) return port;
  throw new UserError({
    code: "usage",
    message: `--port takes a number up to 65535, 0 for any free one; got ${quoteInput(text)}. Nothing was changed.`,
  });
}

function untilStopped(call: Call): Promise<void> {
  return new Promise((resolve) => {
    const end = call.shell.onInterrupt(() => {
      end();
      resolve();
    });
    call.shell.onReaderGone(resolve);
  });
}
