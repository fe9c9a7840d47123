import { shortSha } from "../identifiers.ts";
import { count } from "../policy/spell.ts";
import type { ReleaseManifest } from "../release/manifest.ts";
import type { Facts } from "./facts.ts";
import type { Plan } from "./plan.ts";
import { baselineOf, foundRelease } from "./plan-promotion.ts";

/** Whether what runs now can be put back when a step of the plan fails. */
export interface WayBack {
  readonly status: "yes" | "no" | "unknown";
  /** `to nothing`, or why it is no yes; null: nothing to add. */
  readonly because: string | null;
}

/** Going back migrates nothing, so what runs now has to run on the schema that the plan leaves behind. */
export function judgeWayBack(facts: Facts, plan: Plan): WayBack {
  const baseline = baselineOf(facts.standing).release;
  if (!baseline) return { status: "yes", because: "to nothing" };
  const name = shortSha(baseline.sha);
  if (facts.before?.status === "unknown") return { status: "unknown", because: `${name}: ${facts.before.because}` };
  const before = foundRelease(facts.before);
  if (!before) return { status: "no", because: `${name} is not whole in the store` };
  const images = plan.only === "web" ? null : judgeImages(facts, name, before.release.manifest);
  if (images) return images;
  if (plan.only === "web" || plan.action === "rollback") return { status: "yes", because: null };
  const known = new Set(before.release.manifest.migrations?.files.map((file) => file.name));
  const names = foundRelease(facts.release)?.release.manifest.migrations?.files.map((file) => file.name) ?? [];
  const pending = plan.steps.flatMap((step) => (step.kind === "run-migrations" ? step.pending : []));
  const added = new Set([...names.filter((file) => !known.has(file)), ...pending]);
  return added.size === 0 ? { status: "yes", because: null } : judgeSchema(facts, name, added.size);
}

/** Null: all of them can be pulled again. */
function judgeImages(facts: Facts, name: string, { images }: ReleaseManifest): WayBack | null {
  const looks = Object.entries(images).map(([service, { digest }]) => ({ service, look: facts.images[digest] }));
  const gone = looks.find(({ look }) => look?.status === "known" && !look.value?.pullable);
  if (gone) return { status: "no", because: `the image of ${gone.service} of ${name} cannot be pulled` };
  const unseen = looks.find(({ look }) => look?.status !== "known");
  return unseen ? { status: "unknown", because: `the image of ${unseen.service} of ${name} was not seen` } : null;
}

function judgeSchema({ gate }: Facts, name: string, added: number): WayBack {
  if (gate.status === "unknown") return { status: "unknown", because: gate.because };
  switch (gate.value.status) {
    case "fits":
      return { status: "yes", because: null };
    case "breaks":
      return { status: "no", because: gate.value.what };
    case "not-asked":
      return {
        status: "unknown",
        because: `no gate has looked whether ${name} runs after ${count(added, "new migration")}`,
      };
  }
}
