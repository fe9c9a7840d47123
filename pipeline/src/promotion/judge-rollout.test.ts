import { describe, expect, test } from "vitest";
import { aServiceLook, imageOf, shas, templateOfService } from "../../test/builders.ts";
import type { Revision, RolloutLook, ServiceLook, TaskLook } from "../ports.ts";
import { judgeRollout, proves, provesGone, type RollMemory } from "./judge-rollout.ts";

const revisionOf = (sha: (typeof shas)[keyof typeof shas]): Revision => ({
  sha,
  image: imageOf(sha),
  template: templateOfService("api"),
});
const [old, next] = [revisionOf(shas.old), revisionOf(shas.new)];
const rollout = (fields: Partial<RolloutLook>): RolloutLook => ({
  id: "r2",
  phase: "drained",
  revision: next,
  causes: [],
  requestsServed: 0,
  ...fields,
});
const edited: TaskLook = {
  id: "a",
  image: imageOf(shas.older),
  health: "starting",
  edited: { image: next.image, path: "data/cache.txt" },
};
const fresh: RollMemory = {
  staleRollout: "r1",
  orders: 0,
  old: new Set(["before"]),
  looksSinceOrder: 0,
  looksNotOurs: 3,
  refusals: 0,
  refusal: null,
};
const step = { to: next, expects: [old, next] };

describe("proves", () => {
  const table: readonly { name: string; look: Partial<ServiceLook>; proven: boolean }[] = [
    { name: "every task healthy on the digest", look: {}, proven: true },
    {
      name: "a rollout that failed before, with the old revision back",
      look: { rollout: rollout({ phase: "went-back" }) },
      proven: true,
    },
    { name: "fewer tasks than wanted: autoscaling is not a red", look: { tasksWanted: 9 }, proven: true },
    { name: "nothing wanted and nothing running: idle", look: { tasksWanted: 0, tasks: [] }, proven: true },
    {
      name: "an old task that only drains",
      look: {
        tasks: [
          { id: "a", image: imageOf(shas.old), health: "healthy" },
          { id: "b", image: imageOf(shas.new), health: "draining" },
        ],
      },
      proven: true,
    },
    { name: "no task although one is wanted", look: { tasks: [] }, proven: false },
    {
      name: "a task whose digest is not told",
      look: { tasks: [{ id: "a", image: null, health: "healthy" }] },
      proven: false,
    },
    {
      name: "a task on other bytes",
      look: { tasks: [{ id: "a", image: imageOf(shas.new), health: "healthy" }] },
      proven: false,
    },
    {
      name: "a task with the same bytes that was started as another revision",
      look: { tasks: [{ id: "a", image: imageOf(shas.old), health: "healthy", revision: next }] },
      proven: false,
    },
    {
      name: "a task that was started as it",
      look: { tasks: [{ id: "a", image: imageOf(shas.old), health: "healthy", revision: old }] },
      proven: true,
    },
    {
      name: "a sick task",
      look: { tasks: [{ id: "a", image: imageOf(shas.old), health: "unhealthy" }] },
      proven: false,
    },
    { name: "a rollout in motion", look: { rollout: rollout({ phase: "rolling" }) }, proven: false },
    { name: "another revision wanted", look: { wanted: next }, proven: false },
    {
      name: "the same image under another template",
      look: { wanted: { ...old, template: templateOfService("other") } },
      proven: false,
    },
  ];
  test.each(table)("$name: $proven", ({ look, proven }) => {
    expect(proves(aServiceLook(look), old)).toBe(proven);
  });

  test("a retired service is gone only without any task", () => {
    expect(provesGone({ wanted: null, tasksWanted: 0, tasks: [], rollout: null })).toBe(true);
    expect(
      provesGone({
        wanted: null,
        tasksWanted: 0,
        tasks: [{ id: "a", image: null, health: "draining" }],
        rollout: null,
      }),
    ).toBe(false);
  });
});

describe("judgeRollout", () => {
  const table: readonly {
    name: string;
    look: Partial<ServiceLook>;
    memory?: Partial<RollMemory>;
    verdict: string;
    more?: object;
  }[] = [
    {
      name: "what is wanted already and healthy is there",
      look: { wanted: next, tasks: [{ id: "a", image: next.image, health: "healthy" }] },
      verdict: "there",
    },
    {
      name: "what is wanted and still starting is waited for",
      look: { wanted: next, tasks: [{ id: "a", image: next.image, health: "starting" }] },
      verdict: "wait",
    },
    {
      name: "what is wanted already but runs other bytes, with nothing under way, is ordered",
      look: { wanted: next, tasks: [{ id: "a", image: imageOf(shas.old), health: "healthy" }] },
      verdict: "order",
    },
    {
      name: "what is wanted and under way is waited for, whatever still runs",
      look: {
        wanted: next,
        tasks: [{ id: "a", image: imageOf(shas.old), health: "healthy" }],
        rollout: rollout({ phase: "rolling" }),
      },
      verdict: "wait",
    },
    {
      name: "a task whose digest is not told is waited for: that is no other bytes",
      look: { wanted: next, tasks: [{ id: "a", image: null, health: "healthy" }] },
      verdict: "wait",
    },
    {
      name: "a task of our order that has changed its own files is not ordered again: it would change them again",
      look: { wanted: next, tasks: [edited], rollout: rollout({ phase: "rolling" }) },
      memory: { orders: 1 },
      verdict: "failed",
      more: { code: "digest-mismatch", cause: "the service changes data/cache.txt, which it was shipped with" },
    },
    {
      name: "files that were changed before our order are put right by it",
      look: { wanted: next, tasks: [edited] },
      verdict: "order",
    },
    {
      name: "a task from before our order whose files were changed is waited for",
      look: { wanted: next, tasks: [{ ...edited, id: "before" }], rollout: rollout({ phase: "rolling" }) },
      memory: { orders: 1 },
      verdict: "wait",
    },
    {
      name: "a new task of another image whose files were changed is not ours",
      look: {
        wanted: next,
        tasks: [{ ...edited, edited: { image: old.image, path: "data/cache.txt" } }],
        rollout: rollout({ phase: "rolling" }),
      },
      memory: { orders: 1 },
      verdict: "wait",
    },
    { name: "what is as before is ordered", look: {}, verdict: "order" },
    {
      name: "an order that no look shows yet is waited for: reads lag",
      look: {},
      memory: { orders: 1, looksSinceOrder: 2 },
      verdict: "wait",
    },
    {
      name: "an order that never shows is given again",
      look: {},
      memory: { orders: 1, looksSinceOrder: 4 },
      verdict: "order",
    },
    {
      name: "after three orders nobody took, it failed",
      look: {},
      memory: { orders: 3, looksSinceOrder: 4 },
      verdict: "failed",
      more: { code: "service-not-started" },
    },
    { name: "an order that was refused is given again", look: {}, memory: { refusals: 11 }, verdict: "order" },
    {
      name: "an order that is refused again and again has failed, for the reason that it was refused",
      look: {},
      memory: { refusals: 12, refusal: "not allowed" },
      verdict: "failed",
      more: { code: "service-not-started", cause: "the order was refused 12 times: not allowed" },
    },
    {
      name: "what was given up by the platform, and is what was ordered, has failed",
      look: {
        wanted: next,
        rollout: rollout({ phase: "stopped", because: "the breaker was triggered" }),
        tasks: [{ id: "a", image: old.image, health: "healthy" }],
      },
      memory: { orders: 1 },
      verdict: "failed",
      more: { code: "rolled-back", cause: "the breaker was triggered" },
    },
    {
      name: "what was given up by the platform before our order is ordered",
      look: { wanted: next, rollout: rollout({ id: "r1", phase: "stopped" }), tasks: [] },
      verdict: "order",
    },
    {
      name: "a failure that stood there before says nothing about our order",
      look: { rollout: rollout({ id: "r1", phase: "went-back" }) },
      verdict: "order",
    },
    {
      name: "our rollout went back without a cause",
      look: { rollout: rollout({ phase: "went-back" }) },
      memory: { orders: 1 },
      verdict: "failed",
      more: { code: "rolled-back" },
    },
    {
      name: "our rollout goes back because a task exited",
      look: {
        rollout: rollout({
          phase: "going-back",
          causes: [{ task: "t", kind: "exited", message: "exited 1", log: [] }],
        }),
      },
      memory: { orders: 1 },
      verdict: "failed",
      more: { code: "service-unhealthy", cause: "exited 1" },
    },
    {
      name: "no task of our rollout ever started",
      look: {
        rollout: rollout({
          phase: "stopped",
          causes: [{ task: "t", kind: "never-started", message: "no capacity", log: [] }],
        }),
      },
      memory: { orders: 1 },
      verdict: "failed",
      more: { code: "service-not-started" },
    },
    {
      name: "what somebody took away is not ours to bring back",
      look: { wanted: null },
      verdict: "failed",
      more: { code: "superseded", notOurs: true, cause: "somebody else took it away while this ran" },
    },
    {
      name: "somebody else's revision is looked at again: one look may be stale",
      look: { wanted: revisionOf(shas.older) },
      memory: { looksNotOurs: 2 },
      verdict: "wait",
    },
    {
      name: "somebody else's revision is not ours to overwrite",
      look: { wanted: revisionOf(shas.older) },
      verdict: "failed",
      more: { code: "superseded", notOurs: true },
    },
    {
      name: "bytes of no release are not ours either",
      look: { wanted: "unknown-revision" },
      verdict: "failed",
      more: { notOurs: true },
    },
  ];
  test.each(table)("$name: $verdict", ({ look, memory, verdict, more }) => {
    expect(judgeRollout(aServiceLook(look), step, { ...fresh, ...memory }, "healthy")).toMatchObject({
      verdict,
      ...more,
    });
  });

  test("where drift was overridden, anything may be found there", () => {
    const look = aServiceLook({ wanted: "unknown-revision" });
    expect(judgeRollout(look, { to: next, expects: "anything" }, fresh, "healthy").verdict).toBe("order");
  });

  test("until drained, an old task that still drains is waited for", () => {
    const tasks = [
      { id: "a", image: next.image, health: "healthy" },
      { id: "b", image: old.image, health: "draining" },
    ] as const;
    const look = aServiceLook({ wanted: next, tasks });
    expect(judgeRollout(look, step, fresh, "healthy").verdict).toBe("there");
    expect(judgeRollout(look, step, fresh, "drained").verdict).toBe("wait");
  });
});
