import { z } from "zod";

const schema = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  /** Not parsed as a URL: Postgres also takes addresses without a host (a socket's folder as a parameter). */
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, "starts with postgres:// or postgresql://"),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "silent"]).default("info"),
  SLIPWAY_SHA: z.string().max(64).default("development"),
  SLIPWAY_IMAGE: z.string().max(200).default("none"),
  SLIPWAY_ENV: z.string().max(64).default("development"),
});

export interface Config {
  readonly port: number;
  readonly databaseUrl: string;
  readonly logLevel: z.infer<typeof schema>["LOG_LEVEL"];
  /** Which release this process is; answered by `/version`. */
  readonly version: { readonly sha: string; readonly image: string; readonly environment: string };
}

/** @throws Error that names every variable that is wrong, without its value: one of them holds a password. */
export function parseConfig(variables: Readonly<Record<string, string | undefined>>): Config {
  const parsed = schema.safeParse(variables);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new Error(`environment: ${problems.join("; ")}`);
  }
  const { PORT, DATABASE_URL, LOG_LEVEL, SLIPWAY_SHA, SLIPWAY_IMAGE, SLIPWAY_ENV } = parsed.data;
  return {
    port: PORT,
    databaseUrl: DATABASE_URL,
    logLevel: LOG_LEVEL,
    version: { sha: SLIPWAY_SHA, image: SLIPWAY_IMAGE, environment: SLIPWAY_ENV },
  };
}
