import * as z from "zod";
import {
  type Digest,
  digestPattern,
  type EnvironmentName,
  environmentNamePattern,
  serviceNamePattern,
} from "../identifiers.ts";

const digest = z
  .string()
  .regex(digestPattern)
  .transform((text) => text as Digest);
const slot = z.strictObject({
  /** Task template by content, without an image. */
  template: digest,
});

export const targetSchema = z.strictObject({
  version: z.literal(1),
  environment: z
    .string()
    .regex(environmentNamePattern)
    .transform((text) => text as EnvironmentName),
  kind: z.enum(["aws", "local"]),
  /** Where people reach the environment; smoke checks and entry files are asked here. */
  url: z.string().nullable(),
  /** Infrastructure by service name. */
  services: z.record(z.string().regex(serviceNamePattern), slot),
  /** A target that can host any service has a slot for those it does not list; the local one does. */
  anyService: slot.nullable(),
  migrations: slot.nullable(),
  web: z.strictObject({ switch: z.enum(["pointer", "sync"]) }).nullable(),
  /** Cluster, bucket, folder …: parsed by the adapter that `kind` names; the domain never looks inside. */
  site: z.unknown(),
});
/** `environments/<env>/target.json`: what infrastructure an environment has; written by IaC, read by promote. */
export type Target = z.infer<typeof targetSchema>;

/** A target as it was read, with the digest of its canonical form, which plans embed. */
export interface StoredTarget {
  readonly target: Target;
  readonly digest: Digest;
}

/** Template of a service on this target; null: the target has no place for it. */
export function templateOf(target: Target, service: string): Digest | null {
  return (Object.hasOwn(target.services, service) ? target.services[service] : target.anyService)?.template ?? null;
}
