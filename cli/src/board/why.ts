import {
  type EnvironmentName,
  type Instant,
  isSha,
  listReleases,
  quoteInput,
  type Sha,
  UserError,
} from "@slipway/pipeline";
import { type ExplainDocument, explainDocument } from "../documents/explain.ts";
import { readingDecision } from "../promotion/look.ts";
import { lookAtQuestion } from "../promotion/question.ts";
import { requestOf } from "../promotion/request.ts";
import type { Session } from "../session.ts";
import { shaToEnter } from "../status/observe-environment.ts";
import { parseTime } from "../terminal/times.ts";
import type { BoardWorld } from "./world.ts";

export interface WhyQuestion {
  readonly environment: EnvironmentName;
  /** Null: the release that would enter next. */
  readonly sha: string | null;
  /** Null: now. */
  readonly asOf: string | null;
}

/** Every rule for and against a release, as `promote explain` says it. @throws UserError, PortError */
export async function whyDocument(
  world: BoardWorld,
  session: Session,
  { environment, sha, asOf }: WhyQuestion,
): Promise<ExplainDocument> {
  const at = asOf === null ? null : timeOf(asOf);
  const to = sha === null ? await candidate(session, environment) : shaOf(sha);
  const request = requestOf(world.call, session, { action: "promote", environment, sha: to });
  const question = await lookAtQuestion(session, request);
  const decision = readingDecision(question.look, at ?? undefined);
  return explainDocument(question, decision, { at: at ?? question.look.facts.now, asOf: at !== null });
}

async function candidate(session: Session, environment: EnvironmentName): Promise<Sha> {
  const newest = (await listReleases(session.store, 1))[0] ?? null;
  const sha = await shaToEnter(session, environment, newest?.manifest.git.sha ?? null);
  if (sha !== null) return sha;
  const name = session.nameOf(environment);
  throw new UserError({ code: "usage", message: `no release may enter ${name}: the environment below it runs none.` });
}

/** @throws UserError */
export function shaOf(text: string): Sha {
  if (isSha(text)) return text;
  throw new UserError({
    code: "sha-malformed",
    message: `a commit has 40 hexadecimal digits; got ${quoteInput(text)}.`,
  });
}

function timeOf(text: string): Instant {
  const time = parseTime(text);
  // Years of another length are not put in order by their text.
  if (time !== null && /^(?:19[7-9]|[2-9]\d\d)\d-/.test(time)) return time as Instant;
  throw new UserError({
    code: "usage",
    message: `asOf takes a time such as 2026-11-20T16:30Z; got ${quoteInput(text)}.`,
  });
}
