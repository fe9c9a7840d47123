import type { Decision, EnvironmentName, PromotionRequest, Reason, Sha } from "@slipway/pipeline";

/** Commands to suggest, all of them with the flags that lead to the same store. */
export class Commands {
  readonly #ladder: string;
  readonly #canAsk: boolean;
  /** `canAsk`: somebody sits there who can answer the one question of a rollback. */
  constructor(ladder: string, canAsk: boolean) {
    this.#ladder = ladder;
    this.#canAsk = canAsk;
  }
  promote = (sha: string, env: string): string => `promote --sha ${sha} --env ${env}${this.#ladder}`;
  override = (sha: string, env: string, code: string): string =>
    `${this.promote(sha, env)} --override ${code} --reason "<text>"`;
  rollback = (env: string, to: string | null = null): string =>
    `promote rollback --env ${env}${to === null ? (this.#canAsk ? "" : " --yes") : ` --to ${to}`}${this.#ladder}`;
  verb = (text: string): string => `promote ${text}${this.#ladder}`;
  again = ({ action, sha, environment, only }: PromotionRequest): string => {
    if (action === "promote" && sha !== null) return this.promote(sha, environment);
    return `${this.rollback(environment, sha)}${only === "web" ? " --only web" : ""}`;
  };
}

interface Open {
  readonly forward: Sha | null;
  readonly back: Sha | null;
  readonly action: PromotionRequest["action"];
}

const most = 3;

/** What helps against a refusal, most likely first; each can be pasted as it stands. */
export function nextAfterRefusal(
  request: PromotionRequest,
  sha: Sha | null,
  reasons: readonly Reason[],
  below: EnvironmentName | null,
  open: Open | null,
  commands: Commands,
  commitIsHere: boolean,
): readonly string[] {
  const env = request.environment;
  const starts = request.action === "promote" ? downCommands(reasons, commands) : [];
  const orderIsMissing = reasons.some(({ code, kind }) => code === "order" && kind === "no");
  const found = reasons.flatMap((reason) =>
    ways(reason, { env, sha, below, open, commands, request, orderIsMissing, commitIsHere }),
  );
  const isPromotion = request.action === "promote" && sha !== null;
  const explain = isPromotion ? [commands.verb(`explain --sha ${sha} --env ${env}`)] : [];
  return [...new Set([...starts, ...found, ...explain])].slice(0, most);
}

/** Reading never starts anything; what could not be seen for that reason is seen once the platform runs. */
const downCommands = (reasons: readonly Reason[], commands: Commands): readonly string[] =>
  reasons.length > 0 &&
  reasons.every(({ kind }) => kind === "unknown") &&
  reasons.some(({ message, evidence }) =>
    [message, ...evidence].some((line) => line.includes("platform is not running")),
  )
    ? [commands.verb("local start")]
    : [];

export const startIfDown = (decision: Decision, ladder: string): readonly string[] =>
  downCommands(decision.reasons, new Commands(ladder, true));

interface Situation {
  readonly env: EnvironmentName;
  readonly sha: Sha | null;
  readonly below: EnvironmentName | null;
  readonly open: Open | null;
  readonly commands: Commands;
  readonly request: PromotionRequest;
  /** It has to run below first, and then the plan that is to be approved may be another one. */
  readonly orderIsMissing: boolean;
  /** Of `sha`, in the repository that this is called in; it can be built then. */
  readonly commitIsHere: boolean;
}

function ways(
  { code, data, kind, overridable }: Reason,
  { env, sha, below, open, commands, request, orderIsMissing, commitIsHere }: Situation,
): readonly string[] {
  if (kind === "unknown") return [];
  switch (code) {
    case "approval":
      return sha && !orderIsMissing ? [`${commands.verb(`approve --sha ${sha} --env ${env}`)}  # not by you`] : [];
    case "order": {
      if (!sha || !below) return [];
      // What runs there by record is this very release: promoting it again puts it in place.
      return [...(data.disturbed ? [commands.verb(`verify --env ${below}`)] : []), commands.promote(sha, below)];
    }
    case "ancestry":
      return data.relation === "behind" && sha ? [commands.rollback(env, sha)] : [];
    case "held":
      return [commands.verb(`hold --env ${env} --lift`)];
    case "release-missing":
      if (request.action === "rollback") return mendings(sha, env, commands, commitIsHere);
      if (!sha) return [];
      return [commitIsHere ? commands.verb(`build --sha ${sha}`) : commands.verb("status --releases")];
    case "release-corrupt":
      if (request.action === "rollback") return mendings(sha, env, commands, commitIsHere);
      return sha ? [commands.verb(`verify --sha ${sha}`)] : [];
    case "drifted": {
      const over = sha && overridable && request.action === "promote" ? [commands.override(sha, env, code)] : [];
      return [commands.verb(`verify --env ${env}`), ...over];
    }
    case "schema-incompatible":
      // A rollback migrates nothing; a promotion applies what another database lacks.
      return typeof data.runs === "string" ? [commands.promote((open?.forward ?? data.runs) as Sha, env)] : [];
    case "plan-moved":
      return sha ? [commands.verb(`plan --sha ${sha} --env ${env}`)] : [];
    case "never-ran":
      return [commands.verb(`history --env ${env}`)];
    case "interrupted":
    case "partial":
      return open
        ? [
            ...(open.action === "promote" && open.forward ? [commands.promote(open.forward, env)] : []),
            commands.rollback(env, code === "partial" ? open.back : null),
          ]
        : [];
    case "target-missing":
      return [commands.verb(`doctor --env ${env}`)];
    case "lease-held":
      return [commands.verb(`lock --env ${env}`)];
    default:
      return [];
  }
}

/** Building a published commit again puts back what the store has lost or damaged of it. */
const mendings = (
  sha: Sha | null,
  env: EnvironmentName,
  commands: Commands,
  commitIsHere: boolean,
): readonly string[] => [
  ...(sha && commitIsHere ? [commands.verb(`build --sha ${sha}`)] : []),
  commands.verb(`doctor --env ${env}`),
];
