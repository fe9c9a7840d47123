import { describe, expect, test } from "vitest";
import {
  aFileList,
  aGoodRun,
  anUnfinished,
  aRelease,
  aRequest,
  aService,
  aServiceLook,
  aStanding,
  aState,
  aTarget,
  digestOf,
  found,
  imageOf,
  instantOf,
  serviceOf,
  shas,
  someFacts,
  templateOfService,
} from "../../test/builders.ts";
import type { ServiceShape } from "../release/manifest.ts";
import { known } from "./facts.ts";
import type { Plan, Step } from "./plan.ts";
import { baselineOf, changesNothing, planGoingBack, planPromotion } from "./plan-promotion.ts";

const planned = (plan: Plan | null): Plan => {
  if (!plan) throw new Error("nothing was planned");
  return plan;
};
const spoken = (plan: Plan | null): readonly string[] =>
  planned(plan).steps.map((step: Step) => ("service" in step ? `${step.kind} ${step.service}` : step.kind));
const twoServices = [aService(), aService({ name: serviceOf("worker") })];
const twoTarget = aTarget({
  services: { api: { template: templateOfService("api") }, worker: { template: templateOfService("worker") } },
});

describe("planPromotion", () => {
  test("forward: additions, migrations, services in order, then the pages", () => {
    const facts = someFacts({ release: found(aRelease({ services: twoServices })), target: known(twoTarget) });
    expect(spoken(planPromotion(facts, aRequest()))).toEqual([
      "pin-artifacts",
      "prepare-services",
      "publish-web",
      "run-migrations",
      "roll-service api",
      "roll-service worker",
      "switch-web",
      "invalidate",
      "verify-live",
    ]);
  });

  test("back: the pages first, services in reverse, and no migrations", () => {
    const facts = someFacts({
      release: found(aRelease({ sha: shas.older, services: twoServices })),
      target: known(twoTarget),
    });
    expect(spoken(planPromotion(facts, aRequest({ action: "rollback", sha: shas.older })))).toEqual([
      "pin-artifacts",
      "prepare-services",
      "publish-web",
      "switch-web",
      "invalidate",
      "roll-service worker",
      "roll-service api",
      "verify-live",
    ]);
  });

  test("pages alone: no step of a service, and the goal keeps the services of now", () => {
    const facts = someFacts({ release: found(aRelease({ sha: shas.older })) });
    const plan = planned(planPromotion(facts, aRequest({ action: "rollback", sha: shas.older, only: "web" })));
    expect(spoken(plan)).toEqual(["pin-artifacts", "publish-web", "switch-web", "invalidate", "verify-live"]);
    expect(plan.goal.services).toEqual(aState(aRelease({ sha: shas.old })).services);
    expect(plan.release?.sha).toBe(shas.old);
    expect(plan.webRelease?.sha).toBe(shas.older);
  });

  test("a service that the release lacks is retired after the others run", () => {
    const before = aRelease({ sha: shas.old, services: twoServices });
    const standing = aStanding({ good: [aGoodRun({ state: aState(before) })] });
    const steps = spoken(
      planPromotion(someFacts({ standing, before: found(before), target: known(twoTarget) }), aRequest()),
    );
    expect(steps.indexOf("retire-service worker")).toBeGreaterThan(steps.indexOf("roll-service api"));
    expect(steps.indexOf("retire-service worker")).toBeLessThan(steps.indexOf("switch-web"));
  });

  test("nothing is planned without a release or a target", () => {
    expect(planPromotion(someFacts({ release: known({ status: "missing" }) }), aRequest())).toBeNull();
    expect(planPromotion(someFacts({ target: known(null) }), aRequest())).toBeNull();
  });

  test("a release without pages, services or migrations has no steps for them", () => {
    const bare = aRelease({ services: [], web: null, migrations: null });
    const facts = someFacts({ release: found(bare), standing: aStanding({ good: [] }), before: null });
    expect(spoken(planPromotion(facts, aRequest()))).toEqual(["pin-artifacts", "verify-live"]);
  });
});

describe("what will be asked through the public address", () => {
  const smoke: ServiceShape["smoke"] = [{ method: "GET", path: "/version", status: 200, text: null }];
  const checked = aRelease({ services: [aService({ smoke })] });
  const last = (facts: Parameters<typeof someFacts>[0], request = aRequest()) =>
    planned(planPromotion(someFacts(facts), request)).steps.at(-1);
  const list = aFileList();

  test("are the entries of the pages and the smoke checks of the services", () => {
    const release = known({ status: "found", release: checked, web: list } as const);
    const plan = planned(planPromotion(someFacts({ release }), aRequest()));
    expect(plan.steps).toContainEqual(expect.objectContaining({ kind: "switch-web", told: { entries: 1 } }));
    expect(plan.steps.at(-1)).toMatchObject({ told: { entries: 1, smokeChecks: 1 } });
  });

  test("is not known of a list of files that was not read, and nothing where there is no address", () => {
    expect(last({ release: known({ status: "found", release: checked, web: null }) })).toMatchObject({
      told: { entries: null, smokeChecks: 1 },
    });
    expect(last({ release: found(checked), target: known(aTarget({ url: null })) })).toMatchObject({
      told: { entries: 0, smokeChecks: 0 },
    });
  });

  test("is of the services that stay, where pages alone go back", () => {
    const older = known({ status: "found", release: aRelease({ sha: shas.older }), web: list } as const);
    const stays = found(aRelease({ sha: shas.old, services: [aService({ smoke })] }));
    const back = aRequest({ action: "rollback", sha: shas.older, only: "web" });
    expect(last({ release: older, before: stays }, back)).toMatchObject({ told: { smokeChecks: 1 } });
  });
});

describe("the hash", () => {
  const hashOf = (facts: Parameters<typeof someFacts>[0], request = aRequest()) =>
    planned(planPromotion(someFacts(facts), request)).hash;
  const usual = hashOf({});

  test("is the same an hour later, with a sick task, after scaling, for another requester, with assets sent already", () => {
    expect(hashOf({ now: instantOf("2026-11-19T14:16:04") })).toBe(usual);
    expect(hashOf({ services: { api: known(aServiceLook({ tasksWanted: 7, tasks: [] })) } })).toBe(usual);
    expect(hashOf({ pool: known({ missing: aFileList().files.map((file) => file.path), clashing: [] }) })).toBe(usual);
    expect(hashOf({}, aRequest({ by: { id: "x", name: "x" }, reason: "why" }))).toBe(usual);
  });

  test("differs for another release, target, schema or settled epoch", () => {
    const schema = { applied: [{ name: "m", sha256: digestOf("m") }], certain: true };
    const others = [
      hashOf({ release: found(aRelease({ sha: shas.newest })) }),
      hashOf({ target: known({ ...aTarget(), digest: digestOf("another target") }) }),
      hashOf({ standing: aStanding({ schema }) }),
      hashOf({ standing: aStanding({ settled: 99 }) }),
    ];
    expect(new Set([usual, ...others]).size).toBe(5);
  });
});

describe("baseline", () => {
  test("is the last settled state, and that of an open promotion while there is one", () => {
    expect(baselineOf(aStanding()).release?.sha).toBe(shas.old);
    const unfinished = anUnfinished({
      baseline: { release: null, webRelease: null, state: { services: {}, web: null } },
    });
    expect(baselineOf(aStanding({ unfinished })).release).toBeNull();
  });

  test("going back leads there from whatever may be left, pages first", () => {
    const facts = someFacts();
    const plan = planGoingBack(facts, baselineOf(facts.standing), [aState(aRelease())], null, new Set());
    expect(spoken(plan)).toEqual([
      "prepare-services",
      "publish-web",
      "switch-web",
      "invalidate",
      "roll-service api",
      "verify-live",
    ]);
    expect(plan?.goal).toEqual(aState(aRelease({ sha: shas.old })));
  });

  test("going back to nothing retires what was started and unsets the pages", () => {
    const facts = someFacts({ standing: aStanding({ good: [] }), before: null });
    const plan = planGoingBack(facts, baselineOf(facts.standing), [aState(aRelease())], null, new Set());
    expect(spoken(plan)).toEqual(["switch-web", "invalidate", "retire-service api", "verify-live"]);
  });

  test("a service that somebody else moved is left alone", () => {
    const facts = someFacts();
    const plan = planGoingBack(facts, baselineOf(facts.standing), [aState(aRelease())], null, new Set(["api"]));
    expect(spoken(plan).filter((step) => step.endsWith(" api"))).toEqual([]);
  });

  test("takes away what a promotion left that another one has taken the place of, pages at every edge", () => {
    const facts = someFacts({ standing: aStanding({ good: [] }), before: null });
    const older = {
      services: { worker: aState(aRelease()).services.api ?? null },
      web: aState(aRelease({ sha: shas.old })).web,
    };
    const plan = planGoingBack(facts, baselineOf(facts.standing), [older, aState(aRelease())], null, new Set());
    expect(spoken(plan)).toEqual([
      "switch-web",
      "invalidate",
      "retire-service api",
      "retire-service worker",
      "verify-live",
    ]);
    expect(plan?.steps.find(({ kind }) => kind === "invalidate")).toMatchObject({ paths: ["/*"] });
  });

  test("no way is planned when the baseline's release cannot be read", () => {
    const facts = someFacts({ before: { status: "unknown", because: "no answer" } });
    expect(planGoingBack(facts, baselineOf(facts.standing), [aState(aRelease())], null, new Set())).toBeNull();
  });
});

describe("changesNothing", () => {
  const live = someFacts({ release: found(aRelease({ sha: shas.old })) });
  const request = aRequest({ sha: shas.old });

  test("is true for what runs by record and by sight", () => {
    expect(changesNothing(planned(planPromotion(live, request)), live)).toBe(true);
  });

  test.each([
    { name: "a sick task", facts: { ...live, services: { api: known(aServiceLook({ tasks: [] })) } } },
    { name: "other bytes in a service", facts: { ...live, services: { api: known(aServiceLook({ sha: shas.new })) } } },
    {
      name: "other pages",
      facts: { ...live, web: known({ web: { sha: shas.new, digest: imageOf(shas.new) }, epoch: 1, etag: "1" }) },
    },
    {
      name: "a service that cannot be read",
      facts: { ...live, services: { api: { status: "unknown" as const, because: "silence" } } },
    },
    { name: "an open promotion", facts: { ...live, standing: aStanding({ unfinished: anUnfinished() }) } },
    {
      name: "a migration that is not applied",
      facts: { ...live, standing: aStanding({ schema: { applied: [], certain: true } }) },
    },
  ])("is false with $name", ({ facts }) => {
    expect(changesNothing(planned(planPromotion(facts, request)), facts)).toBe(false);
  });
});
