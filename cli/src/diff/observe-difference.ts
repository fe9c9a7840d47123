import {
  differingImages,
  differingMigrations,
  differingPages,
  type EnvironmentHas,
  type EnvironmentName,
  readWebList,
  type WebFileList,
} from "@slipway/pipeline";
import type { Session } from "../session.ts";
import { type EnvironmentLook, observeEnvironment } from "../status/observe-environment.ts";
import { compareUrl } from "./compare-url.ts";
import type { Commits, Difference, Pages } from "./difference.ts";

/** More than anybody reads, and enough to say how many there are. */
const mostCommits = 1_000;

/**
 * What two environments have by record, side by side; nothing is started.
 * @throws UserError, BrokenChainError where the records of one cannot be read; PortError
 */
export async function observeDifference(
  session: Session,
  from: EnvironmentName,
  to: EnvironmentName,
): Promise<Difference> {
  const looks = await Promise.all([from, to].map((env) => observeEnvironment(session, env, null)));
  const [left, right] = looks.map(readable) as [EnvironmentLook, EnvironmentLook];
  const [one, other] = [hasOf(left), hasOf(right)];
  return {
    from: left,
    to: right,
    commits: await commitsBetween(session, left, right),
    images: differingImages(one, other),
    migrations: differingMigrations(one, other),
    pages: await pagesBetween(session, one, other),
    url: left.runs && right.runs && compareUrl(await session.originUrl(), left.runs.sha, right.runs.sha),
  };
}

function readable(look: EnvironmentLook): EnvironmentLook {
  if (look.unreadable) throw look.unreadable;
  return look;
}

const hasOf = ({ runs, standing }: EnvironmentLook): EnvironmentHas => ({
  state: runs?.state ?? null,
  applied: standing.schema.applied,
});

async function commitsBetween({ source }: Session, from: EnvironmentLook, to: EnvironmentLook): Promise<Commits> {
  const unknown: Commits = { added: null, lost: null };
  if (!from.runs || !to.runs) return unknown;
  const [older, newer] = [from.runs.sha, to.runs.sha];
  // A shallow clone tells commits up to its edge, which is not all.
  if ((await source.relation(older, newer)) === "unknown") return unknown;
  return {
    added: await source.between(older, newer, mostCommits),
    lost: await source.between(newer, older, mostCommits),
  };
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
