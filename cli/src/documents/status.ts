import { exitCodes, type Hold, type StoredRelease } from "@slipway/pipeline";
import { failureOf } from "../failure.ts";
import type { Session } from "../session.ts";
import type { EnvironmentLook, NextMove } from "../status/observe-environment.ts";
import { leaseDocument } from "./lease.ts";
import { decisionWord } from "./plan.ts";
import type { HoldDocument } from "./schemas/parts/hold-mark.ts";
import type { EnvironmentDocument, NextDocument, StatusDocument } from "./schemas/status.ts";

export type { EnvironmentDocument, HoldDocument, NextDocument, StatusDocument };

export const newestDocument = (newest: StoredRelease | null): StatusDocument["newest"] =>
  newest && { sha: newest.manifest.git.sha, publishedAt: newest.publishedAt };

export const holdDocument = (hold: Hold | null): HoldDocument | null =>
  hold && { by: hold.by.name, at: hold.at, reason: hold.reason };

export const statusDocument = (
  session: Session,
  looks: readonly EnvironmentLook[],
  newest: StoredRelease | null,
): StatusDocument => ({
  kind: "status",
  version: 1,
  app: session.policy.policy.app,
  at: session.clock.now(),
  store: session.address,
  newest: newestDocument(newest),
  environments: looks.map(environmentDocument),
  exit: exitOf(looks),
});

/** Never green where an environment could not be read: its mistake decides, and the others are told all the same. */
function exitOf(looks: readonly EnvironmentLook[]): StatusDocument["exit"] {
  const [bad] = looks.flatMap(({ unreadable }) => unreadable ?? []);
  return bad ? failureOf(bad).exit : exitCodes.done;
}

function environmentDocument(look: EnvironmentLook): EnvironmentDocument {
  const { runs, standing } = look;
  return {
    env: look.env,
    target: look.target,
    url: look.url,
    observedAt: look.observedAt,
    sha: runs?.sha ?? null,
    webSha: runs?.webSha ?? null,
    subject: look.subject,
    epoch: runs?.epoch ?? null,
    since: runs?.from ?? null,
    by: runs?.by.name ?? null,
    runUrl: runs?.runUrl ?? null,
    state: look.state,
    because: look.because,
    drift: look.drift,
    hold: holdDocument(look.hold),
    lease: look.lease && leaseDocument(look.lease),
    open: standing.unfinished && {
      epoch: standing.unfinished.epoch,
      sha: standing.unfinished.plan.release?.sha ?? null,
      partial: standing.unfinished.partial?.notBack ?? null,
    },
    commitsBehindNewest: look.behind,
    next: look.next && nextDocument(look.next),
  };
}

const nextDocument = ({ sha, distance, decision, failed }: NextMove): NextDocument => ({
  sha,
  commits: distance?.commits ?? null,
  decision: decisionWord(decision),
  earliest: decision.earliest?.at ?? null,
  until: decision.earliest?.until ?? null,
  reasons: decision.reasons.map(({ code, kind, clearsAt }) => ({ code, kind, clearsAt })),
  failed: failed && { epoch: failed.epoch, at: failed.at, code: failed.code },
});
