import { expect, test } from "vitest";
import { misfits } from "./published-model.ts";

test("what the published model has is no misfit", () => {
  const deployments = [{ id: "ecs-svc/1", createdAt: new Date(), desiredCount: 2 }];
  const services = [{ serviceName: "api", deployments, tags: [{ key: "a", value: "b" }] }];
  expect(misfits("DescribeServices", "output", { services, failures: [] })).toEqual([]);
});

test.each([
  ["a field of nobody", { services: [{ serviceNme: "api" }] }, "services[0].serviceNme is in no model"],
  ["another type", { services: [{ desiredCount: "2" }] }, 'services[0].desiredCount is "2"'],
  ["a time as text", { services: [{ createdAt: "2026" }] }, 'services[0].createdAt is "2026"'],
  ["one in the place of many", { services: { serviceName: "api" } }, "services is no list"],
])("%s is named by its path", (_, output, path) => {
  expect(misfits("DescribeServices", "output", output)).toEqual([`DescribeServices.${path}`]);
});

test("a call that ECS does not have is one", () => {
  expect(misfits("DescribeNothing", "input", {})).toEqual(["ECS has no DescribeNothing"]);
});
