import { describe, expect, test } from "vitest";
import { aPlan, aRelease, aStanding, shas, someFacts } from "../../test/builders.ts";
import type { ImageLook } from "../ports.ts";
import { type Facts, known } from "./facts.ts";
import { judgeWayBack } from "./judge-way-back.ts";
import type { Plan, Step } from "./plan.ts";

const found = (release: ReturnType<typeof aRelease>) => known({ status: "found", release, web: null } as const);
const seen = (look: ImageLook | null): Facts["images"] =>
  Object.fromEntries(
    Object.values(aRelease({ sha: shas.old }).manifest.images).map(({ digest }) => [digest, known(look)]),
  );
const adds = (plan: Plan): Plan => {
  const steps = plan.steps.map(
    (step): Step => (step.kind === "run-migrations" ? { ...step, pending: ["0002_x"] } : step),
  );
  return { ...plan, steps: [...steps, { ...migrate, pending: ["0002_x"] }] };
};
const migrate = {
  kind: "run-migrations",
  already: false,
  sha: shas.new,
  template: aRelease().digest,
  pending: [],
  expect: { applied: [], certain: true },
} as const satisfies Step;

describe("whether what runs now can be put back at every step", () => {
  const plan = aPlan();
  test.each<{ name: string; facts?: Partial<Facts>; plan?: Plan; says: string }>([
    { name: "no migration is new", says: "yes" },
    { name: "nothing runs yet", facts: { standing: aStanding({ good: [] }) }, says: "yes, to nothing" },
    {
      name: "the release that runs is not whole",
      facts: { before: known({ status: "missing" }) },
      says: "no, 8c41f07 is not whole in the store",
    },
    {
      name: "the release that runs cannot be read",
      facts: { before: { status: "unknown", because: "timed out" } },
      says: "unknown, 8c41f07: timed out",
    },
    {
      name: "a migration is new, and no gate looked at it",
      plan: adds(plan),
      says: "unknown, no gate has looked whether 8c41f07 runs after 1 new migration",
    },
    {
      name: "a migration is new, and the gate says that it fits",
      plan: adds(plan),
      facts: { gate: known({ status: "fits", what: "9 releases pass", evidence: [] }) },
      says: "yes",
    },
    {
      name: "a migration is new, and breaks what runs",
      plan: adds(plan),
      facts: { gate: known({ status: "breaks", what: "2 of 187 statements fail", evidence: [] }) },
      says: "no, 2 of 187 statements fail",
    },
    {
      name: "an image of what runs is gone",
      facts: { images: seen(null) },
      says: "no, the image of api of 8c41f07 cannot be pulled",
    },
    {
      name: "an image of what runs is archived",
      facts: { images: seen({ pullable: false, because: "archived" }) },
      says: "no, the image of api of 8c41f07 cannot be pulled",
    },
    {
      name: "nobody looked at its images",
      facts: { images: {} },
      says: "unknown, the image of api of 8c41f07 was not seen",
    },
    { name: "it is a rollback, which migrates nothing", plan: { ...adds(plan), action: "rollback" }, says: "yes" },
  ])("$name", ({ facts = {}, plan: asked = plan, says }) => {
    const before = found(aRelease({ sha: shas.old }));
    const images = seen({ pullable: true, because: null });
    const { status, because } = judgeWayBack(someFacts({ before, images, ...facts }), asked);
    expect([status, ...(because === null ? [] : [because])].join(", ")).toBe(says);
  });
});
