import type { Deployment, Service, ServiceDeployment, ServiceDeploymentStatus } from "@aws-sdk/client-ecs";
import { describe, expect, test } from "vitest";
import { rolloutOf } from "./rollout.ts";

const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 22, 10, minute));
const definitions: Readonly<Record<string, string>> = { "revision/1": "old", "revision/2": "new" };
const definitionOf = (arn: string): string | null => definitions[arn] ?? null;

const aService = (primary: Partial<Deployment>, fields: Partial<Service> = {}): Service => ({
  deployments: [{ status: "PRIMARY", rolloutState: "COMPLETED", createdAt: at(0), ...primary }],
  ...fields,
});
/** From the old revision to the new one, ordered at minute 10. */
const toNew = (status: ServiceDeploymentStatus, fields: Partial<ServiceDeployment> = {}): ServiceDeployment => ({
  serviceDeploymentArn: "deployment/d2",
  status,
  createdAt: at(10),
  targetServiceRevision: { arn: "revision/2" },
  sourceServiceRevisions: [{ arn: "revision/1" }],
  ...fields,
});
const toOld = { ...toNew("SUCCESSFUL"), serviceDeploymentArn: "deployment/d1", createdAt: at(0) };
const oldPrimary = { id: "ecs-svc/1", taskDefinition: "old" };
const newPrimary = { id: "ecs-svc/2", taskDefinition: "new", createdAt: at(10), rolloutState: "IN_PROGRESS" } as const;

describe("the newest rollout", () => {
  const table: readonly {
    readonly name: string;
    readonly service: Service;
    readonly newest: ServiceDeployment | null;
    readonly is: object | null;
  }[] = [
    {
      name: "is the newest service deployment where the service is set to what that leads to",
      service: aService(newPrimary),
      newest: toNew("IN_PROGRESS"),
      is: { id: "d2", phase: "rolling", taskDefinition: "new", deployment: "ecs-svc/2" },
    },
    {
      name: "is the service's own where the list does not have it yet",
      service: aService(newPrimary),
      newest: { ...toOld, targetServiceRevision: { arn: "revision/1" } },
      is: { id: "ecs-svc/2", phase: "rolling", taskDefinition: "new", deployment: "ecs-svc/2" },
    },
    {
      name: "is the listed one where the service is not seen to have changed yet",
      service: aService(oldPrimary),
      newest: toNew("IN_PROGRESS"),
      is: { id: "d2", phase: "rolling", taskDefinition: "new" },
    },
    {
      name: "has gone back where the service is set again to what it came from, by the number of that",
      service: aService({ ...oldPrimary, createdAt: at(20) }),
      newest: toNew("ROLLBACK_SUCCESSFUL", { rollback: { reason: "breaker", serviceRevisionArn: "revision/1" } }),
      is: { id: "d2", phase: "went-back", because: "breaker" },
    },
    {
      name: "has gone back where ECS gives the way back a number of its own",
      service: aService({ id: "ecs-svc/3", taskDefinition: "old", createdAt: at(20) }),
      newest: toNew("ROLLBACK_SUCCESSFUL"),
      is: { id: "d2", phase: "went-back" },
    },
    {
      name: "is another one where the same revision was ordered once more after it had gone back",
      service: aService({ ...newPrimary, id: "ecs-svc/4", createdAt: at(30) }),
      newest: toNew("ROLLBACK_SUCCESSFUL"),
      is: { id: "ecs-svc/4", phase: "rolling", taskDefinition: "new" },
    },
    {
      name: "is given up only where the service says so too",
      service: aService({ ...newPrimary, rolloutState: "FAILED" }),
      newest: toNew("STOPPED"),
      is: { phase: "stopped" },
    },
    {
      name: "goes on where it was stopped for another one that is not seen yet",
      service: aService(newPrimary),
      newest: toNew("STOPPED"),
      is: { phase: "rolling" },
    },
    {
      name: "is told by the service alone where it has no service deployments",
      service: aService({ ...newPrimary, rolloutState: "FAILED", rolloutStateReason: "tasks failed to start" }),
      newest: null,
      is: { phase: "stopped", because: "tasks failed to start" },
    },
    { name: "is none where there is no deployment", service: {}, newest: null, is: null },
    {
      name: "is over for whoever asks while old tasks are cleaned up",
      service: aService(newPrimary),
      newest: toNew("IN_PROGRESS", { lifecycleStage: "CLEAN_UP" }),
      is: { phase: "healthy" },
    },
    {
      name: "has its tasks up while ECS watches them",
      service: aService(newPrimary),
      newest: toNew("IN_PROGRESS", { lifecycleStage: "BAKE_TIME" }),
      is: { phase: "rolling", isScaledUp: true },
    },
    {
      name: "has them not up while they are started",
      service: aService(newPrimary),
      newest: toNew("IN_PROGRESS", { lifecycleStage: "SCALE_UP" }),
      is: { phase: "rolling", isScaledUp: false },
    },
    {
      name: "names the alarm that ended it",
      service: aService({ ...oldPrimary, createdAt: at(20) }),
      newest: toNew("ROLLBACK_IN_PROGRESS", { alarms: { status: "TRIGGERED", triggeredAlarmNames: ["slow", "5xx"] } }),
      is: { phase: "going-back", because: "alarms slow, 5xx went off" },
    },
    {
      name: "tells the newest event of trouble while it lasts, and none from before it",
      service: aService(newPrimary, {
        events: [
          { createdAt: at(5), message: "was unable to place a task: then" },
          { createdAt: at(12), message: "was unable to place a task: now" },
          { createdAt: at(13), message: "has started 1 tasks" },
        ],
      }),
      newest: toNew("IN_PROGRESS"),
      is: { because: "was unable to place a task: now" },
    },
  ];
  test.each(table)("$name", ({ service, newest, is }) => {
    const rollout = rolloutOf(service, newest, definitionOf);
    if (is === null) expect(rollout).toBeNull();
    else expect(rollout).toMatchObject(is);
  });

  test.each([
    ["PENDING", "pending"],
    ["IN_PROGRESS", "rolling"],
    ["SUCCESSFUL", "drained"],
    ["STOP_REQUESTED", "rolling"],
    ["ROLLBACK_REQUESTED", "going-back"],
    ["ROLLBACK_IN_PROGRESS", "going-back"],
    ["ROLLBACK_SUCCESSFUL", "went-back"],
    ["ROLLBACK_FAILED", "stuck-going-back"],
  ] as const)("%s is %s", (status, phase) => {
    expect(rolloutOf(aService(newPrimary), toNew(status), definitionOf)?.phase).toBe(phase);
  });
});
