import { hostname, userInfo } from "node:os";
import type { Actor } from "@slipway/pipeline";

type Variables = Readonly<Record<string, string | undefined>>;

/** Who credentials say it is; never a flag. On GitHub the account, elsewhere login@host. */
export function actorOf(variables: Variables): Actor {
  const { GITHUB_ACTOR, GITHUB_ACTOR_ID } = variables;
  if (isOnGitHub(variables) && GITHUB_ACTOR && /^\d{1,20}$/.test(GITHUB_ACTOR_ID ?? ""))
    return { id: `github-${GITHUB_ACTOR_ID}`, name: GITHUB_ACTOR.slice(0, 100) };
  const name = `${login()}@${hostname()}`.slice(0, 300);
  return { id: name, name };
}

export const isOnGitHub = (variables: Variables): boolean => variables.GITHUB_ACTIONS === "true";

/** Where the run can be looked at; null outside of GitHub. */
export function runUrlOf(variables: Variables): string | null {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID } = variables;
  if (!isOnGitHub(variables) || !GITHUB_SERVER_URL || !GITHUB_REPOSITORY || !GITHUB_RUN_ID) return null;
  const url = `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`;
  return URL.canParse(url) && url.length <= 1000 ? url : null;
}

function login(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that has no name.
    return `uid-${process.getuid?.() ?? "unknown"}`;
  }
}
