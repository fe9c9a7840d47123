import {
  differingImages,
  differingMigrations,
  differingPages,
  type EnvironmentHas,
  type EnvironmentName,
  readWebList,
  type Sha,
  type Standing,
  type WebFileList,
} from "@slipway/pipeline";
import type { Session } from "../session.ts";
import { type EnvironmentRuns, observeRunning } from "../status/observe-environment.ts";
import { compareUrl } from "./compare-url.ts";
import { type Commits, type Difference, mostCommits, type Pages } from "./difference.ts";

/**
 * What two environments have by record, side by side; nothing is started.
 * @throws UserError, BrokenChainError where the records of one cannot be read; PortError
 */
export async function observeDifference(
  session: Session,
  from: EnvironmentName,
  to: EnvironmentName,
): Promise<Difference> {
  const looks = await Promise.all([from, to].map((env) => observeRunning(session, env)));
  const [left, right] = looks.map(readable) as [EnvironmentRuns, EnvironmentRuns];
  const [one, other] = [hasOf(left), hasOf(right)];
  return {
    from: left,
    to: right,
    commits: await commitsBetween(session, left, right),
    images: differingImages(one, other),
    migrations: differingMigrations(one, other),
    pages: await pagesBetween(session, one, other),
    url: await urlOf(session, left, right),
  };
}

function readable(look: EnvironmentRuns): EnvironmentRuns {
  if (look.unreadable) throw look.unreadable;
  return look;
}

const hasOf = ({ runs, standing }: EnvironmentRuns): EnvironmentHas => ({
  state: runs?.state ?? null,
  schema: { applied: standing.schema.applied, certain: isCertain(standing) },
});

/** Where no migration was ever reported or begun there is nothing to be uncertain of. */
const isCertain = ({ schema, known, openMigration }: Standing): boolean =>
  openMigration === null && (schema.certain || known.length === 0);

async function commitsBetween(session: Session, from: EnvironmentRuns, to: EnvironmentRuns): Promise<Commits> {
  const { source, redact } = session;
  const unknown: Commits = { added: null, lost: null };
  if (!from.runs || !to.runs) return unknown;
  const [older, newer] = [from.runs.sha, to.runs.sha];
  // A shallow clone tells commits up to its edge, which is not all.
  if ((await source.relation(older, newer)) === "unknown") return unknown;
  const between = async (one: Sha, other: Sha) => {
    const commits = await source.between(one, other, mostCommits);
    // Before anything is cut off them.
    return commits?.map(({ sha, subject }) => ({ sha, subject: redact(subject) })) ?? null;
  };
  return { added: await between(older, newer), lost: await between(newer, older) };
}

async function urlOf(session: Session, from: EnvironmentRuns, to: EnvironmentRuns): Promise<string | null> {
  if (!from.runs || !to.runs || from.runs.sha === to.runs.sha) return null;
  return compareUrl(await session.originUrl(), from.runs.sha, to.runs.sha);
}

async function pagesBetween({ store }: Session, from: EnvironmentHas, to: EnvironmentHas): Promise<Pages> {
  const lists: (WebFileList | null)[] = [];
  for (const { state } of [from, to]) {
    const web = state?.web ?? null;
    const list = web && (await readWebList(store, web.digest));
    if (list?.status === "corrupt") return { status: "unknown", because: list.because };
    lists.push(list?.value ?? null);
  }
  const [before = null, after = null] = lists;
  return { status: "known", ...differingPages(before, after) };
}
