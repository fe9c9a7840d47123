import { expect, test } from "vitest";
import { aLedger, anOpen, anOutcome, aPlanBody, aStep, aTurn } from "../../../pipeline/test/record-builders.ts";
import { fakeShell } from "../../test/fake-shell.ts";
import { Output } from "../output.ts";
import type { Session } from "../session.ts";
import { epochLines } from "./epoch-lines.ts";
import { epochsOf } from "./epochs.ts";

const { style } = new Output(fakeShell({}), { form: "text", plain: true });
const session = { nameOf: (name: string) => name } as Session;

test("an epoch that went back names each part it put back, as it was shown while it ran", () => {
  const back = (n: number, step: "switch-web" | "roll-service" | "invalidate", name: string | null) =>
    aStep({ n, step, name, back: true });
  const bodies = [
    anOpen(),
    aPlanBody(),
    aStep({ name: "worker" }),
    aTurn(),
    back(1, "switch-web", null),
    back(2, "invalidate", null),
    back(3, "roll-service", "worker"),
    back(4, "roll-service", "api"),
    anOutcome("reverted"),
  ];
  const [epoch] = epochsOf(aLedger(bodies));
  if (!epoch) throw new Error("no epoch");
  const steps = epochLines(epoch, session, style).slice(-5);
  expect(steps.map((line) => line.replace(/ 1 of 1 task runs it.*$/, "|"))).toEqual([
    "✓ roll-service     worker |",
    "✓ put back         web    |",
    "✓ invalidate      |",
    "✓ put back         worker |",
    "✓ put back         api    |",
  ]);
});
