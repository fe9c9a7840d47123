import { nothingYet, type StoredRelease } from "@slipway/pipeline";
import { expect, test } from "vitest";
import { fakeShell } from "../../test/fake-shell.ts";
import type { Call } from "../call.ts";
import { Output } from "../output.ts";
import type { Session } from "../session.ts";
import type { EnvironmentLook, NextMove } from "./observe-environment.ts";
import { statusLines } from "./status-lines.ts";

const now = "2026-11-19T15:00:00.000Z";
const sha = "1f6ac3dc1626e53a13043b026c48bbf33feff924";
const output = new Output(fakeShell({}), { form: "text", plain: true });
const call = { output, args: { values: {}, switches: new Set() } } as unknown as Call;
const session = {
  policy: { policy: { app: "orders" } },
  address: ".slipway",
  clock: { now: () => now },
  nameOf: (name: string) => name,
} as unknown as Session;

/** What stands below the table. */
function below(fields: Partial<EnvironmentLook>): readonly string[] {
  const look = {
    env: "dev",
    runs: null,
    state: "empty",
    because: null,
    drift: [],
    hold: null,
    lease: null,
    standing: nothingYet,
    unreadable: null,
    next: null,
    ...fields,
  } as unknown as EnvironmentLook;
  return statusLines(call, session, [look], null as StoredRelease | null).slice(3);
}
const next = (fields: Partial<NextMove>): NextMove =>
  ({
    sha,
    distance: null,
    decision: { allowed: true, reasons: [], earliest: null },
    failed: null,
    now,
    ...fields,
  }) as NextMove;

test("a command has the heading also where no release may move, as after a purge", () => {
  expect(below({ state: "drift" })).toEqual(["Next to move", "  promote verify --env dev"]);
});

test("nothing stands below the table where nothing can be done", () => {
  expect(below({})).toEqual([]);
});

test("a release that failed there is offered, and it is said that it failed", () => {
  const failed = { epoch: 12, at: "2026-11-19T14:54:50.000Z", code: "migration-failed" };
  expect(below({ next: next({ failed }) })).toEqual([
    "Next to move",
    `  ${sha} → dev      yes; failed there 5 min ago, epoch 12: migration-failed`,
    `  promote --sha ${sha} --env dev`,
  ]);
});
