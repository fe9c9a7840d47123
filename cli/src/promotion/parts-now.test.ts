import { PortError } from "@slipway/pipeline";
import { expect, test } from "vitest";
import { environmentOf } from "../../../pipeline/test/builders.ts";
import { fakeShell } from "../../test/fake-shell.ts";
import type { Session } from "../session.ts";
import { styleOf } from "../terminal/style.ts";
import { lookAtParts } from "./parts-now.ts";

const report = (kind: string) =>
  ({ ending: { kind }, request: { environment: environmentOf("prod") } }) as Parameters<typeof lookAtParts>[1];
const style = styleOf(fakeShell(), { plain: true });

/** A store that cannot be read any more. */
const sessionOf = (error: unknown) =>
  ({ store: { get: () => Promise.reject(error), list: () => Promise.reject(error) } }) as unknown as Session;

test.each([
  { name: "that does not answer", error: new PortError("store.get", "none", "timed out") },
  { name: "whose ledger is damaged", error: new Error("record 12 does not follow record 11") },
])("after a partial ending a store $name is told as such, and does not take the ending's place", async ({ error }) => {
  const blocks = await lookAtParts(sessionOf(error), report("partial"), style);
  expect(blocks).toEqual([
    { label: "parts", fact: expect.stringContaining(`could not tell what they run: ${error.message}`) },
  ]);
});

test("after any other ending nothing is looked at", async () => {
  expect(await lookAtParts(sessionOf(new Error("asked")), report("done"), style)).toEqual([]);
});
