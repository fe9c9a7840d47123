import type { FailureReport } from "@slipway/pipeline";
import { expect, test } from "vitest";
import { revertedMessage } from "./failed-messages.ts";
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
