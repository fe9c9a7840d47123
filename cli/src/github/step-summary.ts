import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { type Decision, type Instant, loadComments, type PromotionReport, shortDigest } from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { redacted, type ToldError } from "../output.ts";
import { Commands } from "../promotion/next.ts";
import type { Question } from "../promotion/question.ts";
import { destinationOf, originOf } from "../promotion/told.ts";
import { readUsualTimes } from "../promotion/usual-times.ts";
import type { Session } from "../session.ts";
import { sameLadder } from "../terminal/command-line.ts";
import { spellDistance } from "../terminal/distance.ts";
import { printable } from "../terminal/escape.ts";
import type { Message } from "../terminal/message.ts";

/** GitHub takes no summary of a step that is longer, in bytes. */
const mostBytes = 1024 * 1024;

/** Appends a plan to the page of the job. Never throws: what cannot be written is said in one line on stderr. */
export const summarisePlan = (call: Call, question: Question, decision: Decision, at: Instant): Promise<void> =>
  append(call, async () => {
    const { session, request, look, from, to, distance } = question;
    const { renderPlanComment } = await loadComments();
    const commands = new Commands(sameLadder(call), false);
    const { environment: env } = request;
    const exactly = look.plan === null ? "" : ` --expect ${shortDigest(look.plan.hash)}`;
    const forward = to === null ? null : `${commands.promote(to, env)}${exactly}`;
    const input = {
      app: session.policy.policy.app,
      request,
      name: session.nameOf(env),
      facts: look.facts,
      plan: look.plan,
      decision,
      from,
      to,
      distance: spellDistance(distance),
      askedBy: null,
      usualSeconds: (await readUsualTimes(session, env)).promotionSeconds,
      command: look.plan && (request.action === "promote" ? forward : commands.again({ ...request, sha: to })),
      at,
      runUrl: session.runUrl,
    };
    return renderPlanComment(redacted(input, call.redactor.redact));
  });

interface Ended {
  readonly report: PromotionReport;
  /** As it was said in words. */
  readonly message: Message;
  readonly seconds: number;
  /** Public address of the environment; null: none. */
  readonly url: string | null;
}

/** Appends how a promotion ended to the page of the job. Never throws, as above. */
export const summariseResult = (call: Call, session: Session, { report, message, ...ended }: Ended): Promise<void> =>
  append(call, async () => {
    const { renderResultComment } = await loadComments();
    const notes = (message.notes ?? []).filter(([label]) => label === "Back" || label === "Ahead");
    const input = {
      ...ended,
      app: session.policy.policy.app,
      name: session.nameOf(report.request.environment),
      report,
      from: originOf(report),
      to: destinationOf(report),
      notes: notes.map(([label, text]) => ({ label, text })),
      next: message.next ?? [],
      runUrl: session.runUrl,
    };
    return renderResultComment(redacted(input, call.redactor.redact));
  });

type Writer = Pick<Call, "shell" | "redactor">;

/** Appends what a call ended with that could not do what it was asked. Never throws, as above. */
export const summariseError = (call: Writer, { document, said }: ToldError): Promise<void> =>
  append(call, async () => {
    const { renderErrorSummary } = await loadComments();
    const { code, exit, message, where, next } = document;
    const facts = said?.blocks ?? [];
    return renderErrorSummary({ code, exit, verdict: said?.verdict ?? null, text: message, facts, where, next });
  });

async function append({ shell, redactor }: Writer, render: () => Promise<string>): Promise<void> {
  try {
    // The first line is how a comment is found again; a summary is not looked for.
    const text = (await render()).replace(/^<!--.*-->\n/, "");
    await appendText(resolve(shell.folder, shell.variables.GITHUB_STEP_SUMMARY ?? ""), text);
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    shell.stderr(`${printable(redactor.redact(`The job summary was not written: ${because}`))}\n`);
  }
}

/** A pipe that nobody reads is no file, and is not waited for. @throws Error */
async function appendText(file: string, text: string): Promise<void> {
  const { O_APPEND, O_CREAT, O_NONBLOCK, O_WRONLY } = constants;
  await using handle = await open(file, O_APPEND | O_CREAT | O_NONBLOCK | O_WRONLY);
  const found = await handle.stat();
  if (!found.isFile()) throw new Error("GITHUB_STEP_SUMMARY names no file");
  const whole = found.size === 0 ? text : `\n\n${text}`;
  if (found.size + Buffer.byteLength(whole) > mostBytes) throw new Error("it has no room left, of 1 MiB a step");
  await handle.appendFile(whole);
}
