import type { PromotionEvent, Sha } from "@slipway/pipeline";
import { expect, test } from "vitest";
import { fakeShell } from "../../test/fake-shell.ts";
import { styleOf } from "../terminal/style.ts";
import { type Stage, spellLeave, spellStop, stageAfter } from "./stage.ts";

const from = "e7d2b9a84d8dbc74254770f58904dba41ecccc3f" as Sha;
const terminal = styleOf(fakeShell({ isTerminal: true }), { plain: false });
const log = styleOf(fakeShell(), { plain: false });
const event = (type: PromotionEvent["type"], fields: object = {}) => ({ type, ...fields }) as PromotionEvent;
const after = (...events: readonly PromotionEvent[]): Stage =>
  events.reduce((stage, one) => stageAfter(one, stage), { kind: "looking" } as Stage);

const waits = event("lease:wait");
const starts = event("run:start", { from });
const looks = event("step:start", { step: { kind: "verify-live" } });
const turns = event("turn", { to: from });
const again = "Ctrl-C again leaves it; the same command resumes.";

test.each([
  {
    name: "before anything is known",
    events: [],
    says: `Stopping after this call; what ran before stays or is put back. ${again}`,
  },
  { name: "while it waits for somebody", events: [waits], says: "Stopping to wait; nothing was begun." },
  {
    name: "once it has begun",
    events: [waits, starts],
    says: `Stopping after this call, then putting e7d2b9a back. ${again}`,
  },
  {
    name: "of a first release",
    events: [event("run:start", { from: null })],
    says: `Stopping after this call, then taking it down again. ${again}`,
  },
  {
    name: "at the last look",
    events: [starts, looks],
    says: `Stopping after this last look: done if all is in place, else putting e7d2b9a back. ${again}`,
  },
  {
    name: "while it goes back",
    events: [starts, looks, turns],
    says: `Not stopping: e7d2b9a is put back already. ${again}`,
  },
  {
    name: "at the last look of going back",
    events: [starts, turns, looks],
    says: `Not stopping: e7d2b9a is put back already. ${again}`,
  },
])("a first Ctrl-C says what it does $name", ({ events, says }) => {
  expect(spellStop(after(...events), terminal)).toBe(says);
});

test.each([
  { events: [starts], says: "Stopping after this call; the promotion stays open, and the same command goes on." },
  {
    events: [starts, turns],
    says: `Not stopping: ${from} is put back already. If this dies, the same command goes on.`,
  },
  {
    events: [starts, looks],
    says: "Stopping after this last look; if not all is in place, the promotion stays open, and the same command goes on.",
  },
])("off a terminal it says what becomes of it: $says", ({ events, says }) => {
  expect(spellLeave(after(...events), log, false)).toBe(says);
});

test("a second Ctrl-C leaves, wherever it has come to", () => {
  for (const stage of [after(), after(starts), after(starts, turns)])
    expect(spellLeave(stage, terminal, true)).toBe(
      "Leaving in a moment; what is open then, the same command goes on with.",
    );
});
