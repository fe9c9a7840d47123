import { expect, test } from "vitest";
import { runBent } from "../../../test/simulation/run-bent.ts";
import { Simulation } from "../../../test/simulation/simulation.ts";
import { PortError } from "../../errors.ts";
import type { EnvironmentPorts } from "../../ports.ts";
import { failure } from "./step-context.ts";

const hide = { redact: (text: string) => text.replaceAll("hunter2", "***") };

test("no text of a failure is kept as it came", () => {
  const made = failure(hide, {
    code: "migration-failed",
    step: "run-migrations",
    cause: "key hunter2",
    where: { file: "m.ts", line: 3, excerpt: ["select 'hunter2'"] },
    log: ["begin", "hunter2"],
  });
  expect(JSON.stringify(made)).not.toContain("hunter2");
  expect(made).toMatchObject({ cause: "key ***", log: ["begin", "***"], logLines: 2, name: null });
});

const silent = async (): Promise<never> => {
  throw new PortError("port", "none", "refused with the token hunter2");
};
const ports: readonly { readonly name: string; readonly silence: (ports: EnvironmentPorts) => EnvironmentPorts }[] = [
  { name: "images.pin", silence: (all) => ({ ...all, images: { ...all.images, pin: silent } }) },
  { name: "services.prepare", silence: (all) => ({ ...all, services: { ...all.services, prepare: silent } }) },
  { name: "tasks.inspect", silence: (all) => ({ ...all, tasks: { ...all.tasks, inspect: silent } }) },
  { name: "web.addAssets", silence: (all) => ({ ...all, web: { ...all.web, addAssets: silent } }) },
  { name: "web.switchTo", silence: (all) => ({ ...all, web: { ...all.web, switchTo: silent } }) },
  { name: "web.isInvalidated", silence: (all) => ({ ...all, web: { ...all.web, isInvalidated: silent } }) },
  { name: "probe.ask", silence: (all) => ({ ...all, probe: { ask: silent } }) },
];

test.each(ports)("what $name says of its silence goes on record redacted", async ({ silence }) => {
  const simulation = new Simulation();
  await simulation.begin();
  const release = await simulation.publish("aaa1", ["20261101_projects"]);
  const report = await runBent(simulation, { sha: release.sha }, (world) => ({
    ...world,
    ...hide,
    connect: async (target) => silence(await world.connect(target)),
  }));
  expect(report?.ending).toMatchObject({ kind: "open", because: expect.stringContaining("the token ***") });
  const stored = [...simulation.store.entries()].map(([, { body }]) => new TextDecoder().decode(body)).join("\n");
  expect(stored).toContain("the token ***");
  expect(stored).not.toContain("hunter2");
});
