import { expect, test } from "vitest";
import { aService } from "../../../test/builders.ts";
import { callSchema } from "./control-protocol.ts";

const digest = `sha256:${"a".repeat(64)}`;
const revision = { sha: "1".repeat(40), image: digest, template: digest };
const order = { environment: "prod", epoch: 7, port: 4603 };
const roll = { call: "roll-service", ...order, shape: aService(), revision };
const task = {
  call: "start-task",
  ...order,
  key: "k1",
  image: digest,
  command: ["node", "x"],
  template: digest,
  variables: {},
};

test.for([roll, task, { call: "status" }, { call: "switch-web", ...order, web: null }])("takes $call", (call) => {
  expect(callSchema.safeParse(call).success).toBe(true);
});

test.for([
  { name: "a call that is not known", call: { call: "format-disk" } },
  { name: "a member too many", call: { ...roll, force: true } },
  { name: "an environment that leads out", call: { ...roll, environment: "../prod" } },
  { name: "an epoch that is no number", call: { ...roll, epoch: "7" } },
  { name: "an epoch below zero", call: { ...roll, epoch: -1 } },
  { name: "a short SHA", call: { ...roll, revision: { ...revision, sha: "1234567" } } },
  { name: "an image by tag", call: { ...roll, revision: { ...revision, image: "api:latest" } } },
  { name: "a service name that leads out", call: { ...roll, shape: { ...aService(), name: "../api" } } },
  { name: "a port beyond the last", call: { ...roll, port: 65_536 } },
  { name: "a key that leads out", call: { ...task, key: "../../state" } },
  { name: "a key that every object has", call: { ...task, key: "__proto__" } },
  { name: "an empty command", call: { ...task, command: [] } },
  { name: "a NUL in an argument", call: { ...task, command: ["node", "a\0b"] } },
  { name: "a variable that is no name", call: { ...task, variables: { "A=B": "x" } } },
  {
    name: "a web path that leads out",
    call: { call: "add-assets", ...order, files: [{ path: "../x", sha256: digest, bytes: 1, role: "asset" }] },
  },
])("refuses $name", ({ call }) => {
  expect(callSchema.safeParse(call).success).toBe(false);
});
