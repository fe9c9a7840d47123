import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type CommitName, Ladder } from "./ladder.ts";
import { type Form, forms, Transcript } from "./transcript.ts";

/* Session 3.1 of the specification: a first slipway.yaml, a build, the same again, and one that is not reproducible. */

const timeout = 120_000;

/** A repository of its own, so that all of these can run beside each other. */
async function inRepository(
  names: readonly CommitName[],
  session: string,
  form: Form,
  work: (ladder: Ladder, transcript: Transcript) => Promise<void>,
): Promise<void> {
  const ladder = await Ladder.make(names);
  try {
    const transcript = new Transcript(ladder, session, form);
    await work(ladder, transcript);
    transcript.compare();
  } finally {
    await ladder.remove();
  }
}

describe.concurrent("setting up", () => {
  test.for(forms.filter((form) => form !== "events"))("init: %s", { timeout }, (form) =>
    inRepository(["orders"], "3.1-init", form, async (ladder, transcript) => {
      expect(await transcript.call(["init", "--yes"], { at: "2026-11-19T08:00:00Z" })).toBe(0);
      expect(await transcript.call(["init"], { at: "2026-11-19T08:01:00Z" })).toBe(2);
      rmSync(join(ladder.folder, "slipway.yaml"));
    }),
  );

  test.for(forms)("build, and again: %s", { timeout }, (form) =>
    inRepository(["entries", "totals", "colour"], "3.1-build", form, async (ladder, transcript) => {
      const call = ["build", "--sha", ladder.sha("colour")];
      expect(await transcript.call(call, { at: "2026-11-19T08:58:00Z" })).toBe(0);
      if (form !== "c-locale") expect(await transcript.call(call, { at: "2026-11-19T09:10:00Z", by: "ci" })).toBe(0);
    }),
  );

  test.for(["pty-100", "pty-80", "pipe", "json"] as const)(
    "a build that is not reproducible: %s",
    { timeout },
    (form) =>
      inRepository(["entries", "stamped"], "3.1-not-reproducible", form, async (ladder, transcript) => {
        const call = ["build", "--sha", ladder.sha("stamped")];
        await ladder.do(call, { at: "2026-11-19T08:58:00Z" });
        expect(await transcript.call(call, { at: "2026-11-19T09:31:00Z" })).toBe(3);
      }),
  );
});
