import { type BuildEnd, type ExitCode, exitCodes } from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { buildDocument } from "../documents/build.ts";
import type { Session } from "../session.ts";
import { publishedMessage } from "../terminal/build-messages.ts";

/** The last words of a build that was published, in one go or in two halves. */
export function concludePublished(call: Call, session: Session, app: string, built: BuildEnd): ExitCode {
  const message = publishedMessage(call, session, built);
  call.output.verdict(message);
  call.output.document(buildDocument(app, built, message.next ?? []));
  return exitCodes.done;
}
