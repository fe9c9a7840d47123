import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { countCases } from "../../../pipeline/test/hostile/count-cases.ts";
import { readCases } from "../../../pipeline/test/hostile/hostile-case.ts";
import { type HostileCall, Scene } from "./attack.ts";

countCases("hostile-calls", "hostile calls of the CLI, each in two forms");

const classes = ["sha", "environment", "injection", "output", "stored"];

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.create();
}, 60_000);
afterAll(() => scene.remove(), 60_000);

describe.each(classes)("hostile calls: %s", (name) => {
  const cases = readCases<HostileCall>(new URL(`cases/${name}.json`, import.meta.url));
  it.each(cases)("$name is refused with $code, and nothing changes", async (hostile) => {
    const faults = await scene.faultsOf(hostile);
    if (faults.length > 0) expect.fail(faults.join("\n"));
  });
});

it("notices a call that is not refused", async () => {
  const faults = await scene.faultsOf({
    name: "a hold",
    argv: ["hold", "--env", "dev", "--reason", "x"],
    code: "usage",
  });
  expect(faults.join("\n")).toMatch(/exits 0, not 2[\s\S]*makes mutating calls[\s\S]*changes files/);
});
