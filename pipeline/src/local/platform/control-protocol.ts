import * as z from "zod";
import type { LiveWebLook, ServiceLook, TaskState } from "../../ports.ts";
import { serviceShapeSchema } from "../../release/manifest.ts";
import { webFileSchema } from "../../web/file-list.ts";
import {
  commandField,
  digestField,
  environmentField,
  epochField,
  keyField,
  portField,
  revisionField,
  serviceField,
  variablesField,
  webRevisionField,
} from "./fields.ts";
import type { PlatformStatus } from "./status.ts";

/** Longest body that the control socket reads: a list of 50,000 web files fits. */
export const longestBody = 16 * 1024 * 1024;

const environment = { environment: environmentField };
/** Every order carries the epoch of the lease it was given under, and where the environment is served. */
const order = { ...environment, epoch: epochField, port: portField };
const service = { service: serviceField };
const webPath = webFileSchema.shape.path;
const files = z.array(webFileSchema).max(50_000);

export const callSchema = z.discriminatedUnion("call", [
  z.strictObject({ call: z.literal("status") }),
  z.strictObject({ call: z.literal("shutdown") }),
  z.strictObject({ call: z.literal("open"), ...environment, port: portField }),
  z.strictObject({ call: z.literal("raise-fence"), ...order }),
  z.strictObject({ call: z.literal("inspect-service"), ...environment, ...service }),
  z.strictObject({
    call: z.literal("prepare-service"),
    ...order,
    shape: serviceShapeSchema,
    revision: revisionField,
  }),
  z.strictObject({ call: z.literal("roll-service"), ...order, shape: serviceShapeSchema, revision: revisionField }),
  z.strictObject({ call: z.literal("stop-service"), ...order, ...service }),
  z.strictObject({ call: z.literal("retire-service"), ...order, ...service }),
  z.strictObject({
    call: z.literal("start-task"),
    ...order,
    key: keyField,
    image: digestField,
    command: commandField,
    template: digestField,
    variables: variablesField,
  }),
  z.strictObject({ call: z.literal("inspect-task"), ...environment, key: keyField }),
  z.strictObject({
    call: z.literal("log-task"),
    ...environment,
    key: keyField,
    from: z.number().int().nonnegative(),
  }),
  z.strictObject({ call: z.literal("stop-task"), ...order, key: keyField }),
  z.strictObject({ call: z.literal("read-live-web"), ...environment }),
  z.strictObject({ call: z.literal("missing-assets"), ...environment, files }),
  z.strictObject({ call: z.literal("add-assets"), ...order, files }),
  z.strictObject({ call: z.literal("fence-web"), ...order }),
  z.strictObject({ call: z.literal("switch-web"), ...order, web: webRevisionField.nullable() }),
  z.strictObject({
    call: z.literal("invalidate-web"),
    ...order,
    key: keyField,
    paths: z.array(z.union([webPath, z.string().startsWith("/").max(500)])).max(50_000),
  }),
  z.strictObject({ call: z.literal("is-invalidated"), ...environment, key: keyField }),
]);
export type Call = z.infer<typeof callSchema>;
export type CallName = Call["call"];
export type Order = Extract<Call, { epoch: number }>;

/** What the platform says to each call when it answers "ok". */
export interface CallValues {
  status: PlatformStatus;
  shutdown: null;
  open: null;
  "raise-fence": null;
  "inspect-service": ServiceLook;
  "prepare-service": null;
  "roll-service": null;
  "stop-service": null;
  "retire-service": null;
  "start-task": { readonly status: "started" } | { readonly status: "declined"; readonly because: string };
  "inspect-task": TaskState | null;
  "log-task": { readonly lines: readonly string[]; readonly complete: boolean };
  "stop-task": null;
  "read-live-web": LiveWebLook;
  "missing-assets": { readonly missing: readonly string[]; readonly clashing: readonly string[] };
  "add-assets": null;
  "fence-web": "raised" | "moved";
  "switch-web": "switched" | "moved";
  "invalidate-web": null;
  "is-invalidated": boolean;
}

/** Everything but "ok" left the environment as it was. */
export const answerSchema = z.discriminatedUnion("status", [
  z.object({ status: z.literal("ok"), value: z.unknown() }),
  /** The order's epoch is below the fence. */
  z.object({ status: z.literal("deposed"), by: z.number() }),
  z.object({ status: z.literal("port-taken"), port: z.number() }),
  z.object({ status: z.literal("refused"), because: z.string() }),
  /** It failed half way: look before saying anything. */
  z.object({ status: z.literal("broken"), because: z.string() }),
]);
export type ControlAnswer = z.infer<typeof answerSchema>;
