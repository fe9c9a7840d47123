import type { Hold, StoredRelease } from "@slipway/pipeline";
import type { Document } from "../output.ts";
import type { Session } from "../session.ts";
import type { EnvironmentLook, NextMove } from "../status/observe-environment.ts";
import { leaseDocument } from "./promotion.ts";

export interface StatusDocument extends Document {
  readonly kind: "status";
  readonly app: string;
  readonly at: string;
  readonly store: string;
  readonly newest: { readonly sha: string; readonly publishedAt: string } | null;
  readonly environments: readonly object[];
}

export const newestDocument = (newest: StoredRelease | null): StatusDocument["newest"] =>
  newest && { sha: newest.manifest.git.sha, publishedAt: newest.publishedAt };

export const holdDocument = (hold: Hold | null): object | null =>
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
});

function environmentDocument(look: EnvironmentLook): object {
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

const nextDocument = ({ sha, distance, decision }: NextMove): object => ({
  sha,
  commits: distance?.commits ?? null,
  decision: decision.allowed
    ? "allowed"
    : decision.reasons.some((reason) => reason.kind === "no")
      ? "refused"
      : "unknown",
  earliest: decision.earliest?.at ?? null,
  until: decision.earliest?.until ?? null,
  reasons: decision.reasons.map(({ code, clearsAt }) => ({ code, clearsAt })),
});
