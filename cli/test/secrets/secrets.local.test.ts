import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { countCases } from "../../../pipeline/test/hostile/count-cases.ts";
import { plainForms } from "./canary.ts";
import { channels, credentials, Scene } from "./scene.ts";

countCases("secrets", "ways by which a secret could leave");

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.live();
}, 120_000);
afterAll(() => scene?.remove(), 60_000);

describe.each(channels)("$said", ({ name, forms, seenIn }) => {
  it.each(forms)("shows no secret as %s", (form) => {
    for (const place of seenIn)
      expect(scene.says(place, `${name}.${form}=`), `nothing of it is in ${place}`).toBe(true);
    expect(scene.leaksOf(`${name}.${form}`)).toEqual([]);
  });
});

describe("a key of several lines", () => {
  it.each([
    ["of the caller", "pem.caller"],
    ["of the services", "pem.file"],
  ])("%s is shown in no line", (_whose, name) => {
    for (const line of [0, 1, 2]) expect(scene.leaksOf(`${name}.${line}`)).toEqual([]);
  });
});

describe("what processes are given", () => {
  it.each(credentials)("%s of the caller reaches no build, no platform and no service", (name) => {
    expect(scene.leaksOf(name)).toEqual([]);
  });
  it("a build has nothing of the services' file", () => {
    expect(scene.says("store", "SOURCE_DATE_EPOCH=")).toBe(true);
    expect(scene.leaksOf("plain")).toEqual([]);
  });
  it("nothing else of the caller outlives the call", () => {
    expect(scene.leaksOf("given")).toEqual([]);
  });
  it.runIf(process.platform === "linux")("was looked at", () => {
    for (const kind of ["platform", "service", "postgres"]) expect(scene.kept(`environment-${kind}-`)).not.toEqual([]);
    for (const kind of ["platform", "service", "postgres"]) expect(scene.kept(`arguments-${kind}-`)).not.toEqual([]);
  });
});

it("was looked for on the job's page of calls that never began", () => {
  expect(scene.says("page-words", " is not a verb")).toBe(true);
});

it("notices a secret that was left on purpose, in every form", () => {
  for (const form of plainForms) expect(scene.leaksOf(`planted.${form}`), form).not.toEqual([]);
});
