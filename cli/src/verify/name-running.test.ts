import type { Check, Digest } from "@slipway/pipeline";
import { expect, test } from "vitest";
import {
  aGoodRun,
  anUnfinished,
  aRelease,
  aStanding,
  aState,
  digestOf,
  imageOf,
  shas,
} from "../../../pipeline/test/builders.ts";
import { planTo } from "../../../pipeline/test/record-builders.ts";
import { fakeShell } from "../../test/fake-shell.ts";
import { Output } from "../output.ts";
import { nameRunning } from "./name-running.ts";

const { style } = new Output(fakeShell({ isTerminal: true }), { form: "text", plain: false });
const state = aState(aRelease({ sha: shas.old }));
const open = aStanding({
  good: [
    aGoodRun({ sha: shas.old, state }),
    aGoodRun({ sha: shas.older, state: aState(aRelease({ sha: shas.older })) }),
  ],
  unfinished: anUnfinished({ plan: planTo(shas.new, { goal: aState(aRelease({ sha: shas.new })) }) }),
});
const said = (image: Digest, sha: string | null) => {
  const check = { part: "service", name: "api", status: "no", code: "digest-mismatch", message: "x" } as const;
  const runs = { image, sha, tasks: 2, of: 2 } as Check["runs"];
  return nameRunning([{ ...check, ...(runs ? { runs } : {}) }], { state }, open, style)[0]?.message;
};
const short = (digest: string): string => digest.slice(0, 19);
const has = `; 8c41f07 has ${short(imageOf(shas.old))}`;

test.each([
  { name: "what it is set to run", image: digestOf("x"), sha: shas.newest, whose: shas.newest.slice(0, 7) },
  { name: "the release of the open promotion", image: imageOf(shas.new), sha: null, whose: "1f6ac3d" },
  { name: "an older release that ran here", image: imageOf(shas.older), sha: null, whose: shas.older.slice(0, 7) },
  { name: "nobody's bytes", image: digestOf("y"), sha: null, whose: "of no release that was promoted here" },
])("a part that runs other bytes is named by its release: $name", ({ image, sha, whose }) => {
  expect(said(image, sha)).toBe(`2 of 2 tasks run ${short(image)} (${whose})${has}`);
});

test("what runs as it should is left as it was said", () => {
  const check: Check = { part: "service", name: "api", status: "yes", code: "digest-mismatch", message: "2 of 2" };
  expect(nameRunning([check], { state }, open, style)).toEqual([check]);
});
