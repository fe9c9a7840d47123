import type { FailureReport } from "@slipway/pipeline";
import { expect, test } from "vitest";
import { partialMessage, revertedMessage } from "./failed-messages.ts";
import { Commands } from "./next.ts";
import type { Told } from "./told.ts";

const to = "1".repeat(40);
const toldOf = (failure: Partial<FailureReport>) =>
  ({
    name: "dev",
    from: null,
    to,
    commands: new Commands("", false),
    report: {
      request: { environment: "dev" },
      failure: { log: [], logLines: 0, ...failure },
      decision: null,
      epoch: 3,
    },
  }) as unknown as Told;
const ending = { kind: "reverted", because: "failure", environment: "unchanged", held: false } as const;

test("a release that changes its own files is explained, and can be marked", () => {
  const told = toldOf({ code: "digest-mismatch", step: "roll-service" });
  expect(revertedMessage(ending, told).next).toEqual([
    "promote help digest-mismatch",
    `promote quarantine --sha ${to} --reason "<text>"`,
  ]);
});

test("other bytes that somebody else put there are no fault of the release", () => {
  expect(revertedMessage(ending, toldOf({ code: "digest-mismatch", step: "verify-live" })).next).toEqual([]);
});

test("each part of a partial environment is named with what it was seen to run, and what could not be put back with its cause", () => {
  const told = {
    ...toldOf({ code: "revert-failed", cause: "exit code 1" }),
    parts: [
      { label: "worker", fact: "97b3123, 1 of 1 task runs" },
      { label: "web", fact: "5ad1586" },
    ],
  };
  const partial = { kind: "partial", notBack: ["worker", "switch-web"] } as const;
  const cause = "not put back: exit code 1";
  expect(partialMessage(partial, told).blocks).toEqual([
    { label: "worker", fact: "97b3123, 1 of 1 task runs", evidence: [cause] },
    { label: "web", fact: "5ad1586", evidence: [cause] },
  ]);
  // Where it could not be looked at.
  expect(partialMessage(partial, { ...told, parts: [] }).blocks).toEqual([
    { label: "worker", fact: cause },
    { label: "web", fact: cause },
  ]);
});
