import * as z from "zod";
import { canonicalBytes } from "../../release/canonical-json.ts";

/** What a container is started by; everything else that an engine notes down is of the build. */
const started = [
  "User",
  "ExposedPorts",
  "Env",
  "Entrypoint",
  "Cmd",
  "Healthcheck",
  "Shell",
  "StopSignal",
  "Volumes",
  "WorkingDir",
  "Labels",
] as const;

const schema = z.object({
  os: z.string().max(50),
  architecture: z.string().max(50),
  variant: z.string().max(50).optional(),
  config: z.record(z.string(), z.unknown()).nullish(),
  rootfs: z.object({ diff_ids: z.array(z.string()) }),
});
export type ImageConfig = z.infer<typeof schema>;

/** @throws Error for what is no configuration of an image */
export const readImageConfig = (bytes: Uint8Array): ImageConfig =>
  schema.parse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));

export const workingFolderOf = ({ config }: ImageConfig): string =>
  typeof config?.WorkingDir === "string" ? config.WorkingDir : "";

/**
 * The configuration that an image of these layers has, whoever builds it and when: no times, no names of containers, no history.
 * https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md
 */
export function configBytes(image: ImageConfig, layers: readonly string[]): Uint8Array {
  const config = Object.fromEntries(
    started.flatMap((name) => {
      const value = image.config?.[name];
      return isEmpty(value) ? [] : [[name, value]];
    }),
  );
  const { os, architecture, variant } = image;
  return canonicalBytes({
    os,
    architecture,
    ...(variant ? { variant } : {}),
    created: "1970-01-01T00:00:00Z",
    config,
    rootfs: { type: "layers", diff_ids: [...layers] },
  });
}

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === "" ||
  (typeof value === "object" && Object.keys(value).length === 0);
