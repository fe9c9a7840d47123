import { expect, test } from "vitest";
import { aRelease, aRequest, aService, digestOf, found, someFacts } from "../../test/builders.ts";
import { inWords } from "../policy/spell.ts";
import { hashPlan } from "../promotion/hash-plan.ts";
import { planPromotion } from "../promotion/plan-promotion.ts";
import { imageWords } from "./parts-of-release.ts";

const worker = aService({ name: "worker" as never, port: null });
/** With a runner image of its own, as plain SQL has one. */
function withRunner(release = aRelease()) {
  const { migrations } = release.manifest;
  if (!migrations) throw new Error("it has migrations");
  const runner = { ...migrations.runner, image: { ...migrations.runner.image, digest: digestOf("runner") } };
  return { ...release, manifest: { ...release.manifest, migrations: { ...migrations, runner } } };
}

test.each([
  { name: "Knex runs in the image of a service", release: aRelease(), says: "1 image" },
  { name: "plain SQL has an image of its own", release: withRunner(), says: "1 image and the migration runner" },
  {
    name: "two services",
    release: withRunner(aRelease({ services: [aService(), worker] })),
    says: "2 images and the migration runner",
  },
  { name: "pages alone", release: aRelease({ services: [], migrations: null }), says: "0 images" },
  { name: "migrations alone", release: withRunner(aRelease({ services: [] })), says: "the migration runner" },
])("images of services are counted, and the migration runner is named beside them: $name", ({ release, says }) => {
  expect(inWords(imageWords(release.manifest))).toBe(says);
});

test("a plan knows that one of its images only runs migrations, and its hash does not depend on that", () => {
  const plan = planPromotion(someFacts({ release: found(withRunner()) }), aRequest());
  if (!plan) throw new Error("no plan");
  const { hash, ...promised } = plan;
  expect(plan.steps[0]).toMatchObject({ kind: "pin-artifacts", told: { hasRunner: true }, images: { length: 2 } });
  const without = promised.steps.map((step) => (step.kind === "pin-artifacts" ? { ...step, told: undefined } : step));
  expect(hashPlan({ ...promised, steps: without })).toBe(hash);
});
