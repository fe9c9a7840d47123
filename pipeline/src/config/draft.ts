import * as z from "zod";
import { environmentSchema } from "./environment-schema.ts";
import { migrationsSchema, webSchema } from "./schema.ts";
import { serviceSchema } from "./service-schema.ts";
import type { Path } from "./yaml-document.ts";

/** What the rules read: a mistake in another key, or a key that is none, does not keep them from speaking. */
const environmentDraft = z.object(environmentSchema.shape);
const serviceDraft = z.object(serviceSchema.omit({ run: true, build: true, instances: true }).shape);
const migrationsDraft = z.object(migrationsSchema.shape);
const webDraft = z.object(webSchema.pick({ assets: true }).shape);
export type ServiceDraft = z.infer<typeof serviceDraft>;

/** A part that is there: its content, or null when the content has problems of its own. */
export interface DraftPart<T> {
  readonly name: string;
  readonly content: T | null;
}
/** What of a file can be understood so far, so that rules can speak although another part has problems. */
export interface Draft {
  readonly store: string;
  readonly retired: readonly string[];
  readonly environments: readonly DraftPart<z.infer<typeof environmentDraft>>[];
  readonly services: readonly DraftPart<ServiceDraft>[];
  readonly migrations: DraftPart<z.infer<typeof migrationsDraft>> | null;
  readonly web: DraftPart<z.infer<typeof webDraft>> | null;
  readonly localPort: number;
  readonly localEnv: readonly string[];
}
export interface Finding {
  readonly path: Path;
  readonly message: string;
}
/** A rule across keys; it answers nothing where what it reads has problems of its own. */
export type ConfigRule = (draft: Draft) => readonly Finding[];

export function draftOf(data: unknown): Draft {
  const file = groupOf(data);
  const local = groupOf(file.local);
  const port = local.port ?? 4600;
  const retired: readonly unknown[] = Array.isArray(file.retired) ? file.retired : [];
  return {
    store: typeof file.store === "string" ? file.store : ".slipway",
    retired: retired.map((name) => (typeof name === "string" ? name : "")),
    environments: partsOf(file.environments, environmentDraft),
    services: partsOf(file.services, serviceDraft),
    migrations: partOf("migrations", file.migrations, migrationsDraft),
    web: partOf("web", file.web, webDraft),
    localPort: typeof port === "number" ? port : 0,
    localEnv: Object.keys(groupOf(local.env)),
  };
}

function partOf<T>(name: string, value: unknown, schema: z.ZodType<T>): DraftPart<T> | null {
  if (value === undefined) return null;
  const parsed = schema.safeParse(value);
  return { name, content: parsed.success ? parsed.data : null };
}

function partsOf<T>(value: unknown, schema: z.ZodType<T>): readonly DraftPart<T>[] {
  return Object.entries(groupOf(value)).map(([name, part]) => {
    const parsed = schema.safeParse(part);
    return { name, content: parsed.success ? parsed.data : null };
  });
}

const groupOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
