import { type Digest, shortDigest } from "../../identifiers.ts";
import type { ServiceLook, TaskLook } from "../../ports.ts";
import type { Facts } from "../../promotion/facts.ts";
import type { EnvironmentState } from "../../promotion/plan.ts";
import { no, notAsked, passed, type Rule, type RuleContext, releaseOf } from "./rule.ts";

/** Nobody but Slipway has put a service on bytes. One of ours other than the recorded one is no drift: the plan shows it. */
export const drifted: Rule = (context) => {
  const { facts, request } = context;
  const ours = digestsOfOurs(context);
  const looks = Object.entries(facts.services).flatMap(([name, look]) =>
    look.status === "known" ? [{ name, look: look.value }] : [],
  );
  if (looks.length === 0) return notAsked;
  const foreign = looks.flatMap(({ name, look }) => foreignIn(look, ours).map((found) => ({ name, found })));
  if (foreign.length === 0) return passed("every service runs bytes of a release");
  const names = [...new Set(foreign.map(({ name }) => name))].join(", ");
  return no("drifted", `${names} of ${request.environment} runs what no release has`, {
    evidence: foreign.map(({ name, found }) => `${name} ${found}`),
    data: { drift: foreign.map(({ name, found }) => ({ part: "service", name, found })) },
  });
};

function foreignIn(look: ServiceLook, ours: ReadonlySet<Digest>): readonly string[] {
  if (look.wanted === "unknown-revision") return ["is set to a revision that Slipway did not make"];
  const wanted = look.wanted && !ours.has(look.wanted.image) ? [wordsFor(look.wanted.image)] : [];
  // What drains may be the last of a release that failed and is on no record.
  const staying = look.tasks.filter(({ health }) => health !== "draining");
  const tasks = staying.flatMap(({ image, edited }) => (image && !ours.has(image) ? [wordsFor(image, edited)] : []));
  return [...new Set([...wanted, ...tasks])];
}

const wordsFor = (image: Digest, edited?: TaskLook["edited"]): string =>
  `runs sha256:${shortDigest(image)}${edited ? `: ${edited.path} is not the image's` : ""}`;

/** Images that a release is known to have: those that observe found, and those of every state on record. */
function digestsOfOurs({ facts, plan }: RuleContext): ReadonlySet<Digest> {
  const release = releaseOf(facts.release);
  return new Set([
    ...facts.ours.map((revision) => revision.image),
    ...(release ? Object.values(release.manifest.images).map((image) => image.digest) : []),
    ...statesOnRecord(facts).flatMap(imagesOf),
    ...(plan ? imagesOf(plan.goal) : []),
  ]);
}

function statesOnRecord({ standing }: Facts): readonly EnvironmentState[] {
  const { unfinished, good } = standing;
  const open = unfinished ? [unfinished.baseline.state, unfinished.plan.before, ...unfinished.left] : [];
  return [...good.map((run) => run.state), ...open];
}

const imagesOf = (state: EnvironmentState): readonly Digest[] =>
  Object.values(state.services).flatMap((revision) => (revision ? [revision.image] : []));
