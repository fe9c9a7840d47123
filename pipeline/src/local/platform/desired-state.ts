import * as z from "zod";
import { serviceShapeSchema } from "../../release/manifest.ts";
import {
  digestField,
  environmentField,
  epochField,
  keyField,
  portField,
  revisionField,
  serviceField,
  webRevisionField,
} from "./fields.ts";

const placement = z.strictObject({ shape: serviceShapeSchema, revision: revisionField });
/** What a service is told to run, and how. */
export type Placement = z.infer<typeof placement>;

const rollout = z.strictObject({
  id: z.string().max(64),
  phase: z.enum(["pending", "rolling", "healthy", "drained", "stopping", "stopped", "going-back", "went-back"]),
  revision: revisionField,
  causes: z
    .array(
      z.strictObject({
        task: z.string(),
        kind: z.enum(["never-started", "exited", "unhealthy"]),
        message: z.string(),
        log: z.array(z.string()).max(40),
      }),
    )
    .max(20),
  requestsServed: z.number().int().nonnegative(),
});
export type RolloutState = z.infer<typeof rollout>;

const service = z.strictObject({
  name: serviceField,
  wanted: placement.nullable(),
  /** The last one that became healthy: it serves until another one has, and going back leads to it. */
  stable: placement.nullable(),
  rollout: rollout.nullable(),
  restarts: z.number().int().nonnegative(),
});
export type ServiceState = z.infer<typeof service>;

const task = z.strictObject({
  key: keyField,
  image: digestField,
  status: z.enum(["pending", "running", "stopped"]),
  because: z.string(),
  exitCode: z.number().int().nullable(),
});
export type TaskRecord = z.infer<typeof task>;

const web = z.strictObject({
  revision: webRevisionField.nullable(),
  epoch: epochField,
  /** Counts writes: the entity tag of the live pointer. */
  version: z.number().int().nonnegative(),
  /** Keys of invalidations, oldest first. */
  invalidations: z.array(keyField).max(1_000),
});
export type WebState = z.infer<typeof web>;

export const desiredStateSchema = z.strictObject({
  version: z.literal(1),
  environment: environmentField,
  /** Of the router, on the loopback address. */
  port: portField,
  /** Orders of a lower epoch are refused. */
  fence: epochField,
  services: z.record(z.string(), service),
  tasks: z.record(z.string(), task),
  web,
});
/** What an environment is told to be. On disk before an order is answered, so a killed platform restarts what was wanted. */
export type DesiredState = z.infer<typeof desiredStateSchema>;

export const emptyState = (environment: DesiredState["environment"], port: number): DesiredState => ({
  version: 1,
  environment,
  port,
  fence: 0,
  services: {},
  tasks: {},
  web: { revision: null, epoch: 0, version: 0, invalidations: [] },
});
