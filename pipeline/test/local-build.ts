import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Config } from "../src/config/config.ts";
import { parseConfig } from "../src/config/load.ts";
import type { BuildEvent } from "../src/events.ts";
import type { Sha } from "../src/identifiers.ts";
import { systemClock } from "../src/local/clock.ts";
import { createImageBuilder } from "../src/local/image-builder.ts";
import { createImageStore } from "../src/local/image-store.ts";
import { FileObjectStore } from "../src/local/object-store.ts";
import { systemRandom } from "../src/local/random.ts";
import { openRepository } from "../src/local/source-control.ts";
import type { BuildPorts } from "../src/release/build-ports.ts";
import { type BuildEnd, buildRelease } from "../src/release/build-release.ts";

/** The local adapters of a build, on a repository's own `.slipway/`. The word hunter2 is a secret. */
export async function localBuildPorts(folder: string): Promise<BuildPorts> {
  const images = createImageStore(join(folder, ".slipway", "images"));
  const redact = (text: string): string => text.replaceAll("hunter2", "[redacted]");
  const repository = await openRepository(folder, { variables: process.env, redact });
  return {
    store: new FileObjectStore(join(folder, ".slipway", "objects"), { durable: false }),
    workTree: repository,
    source: repository,
    images: createImageBuilder(images, "linux/amd64"),
    shelf: images,
    clock: systemClock,
    random: systemRandom,
    redact,
    runnerFiles: async () => [{ path: ".slipway/migrate.mjs", bytes: new TextEncoder().encode("// runner\n") }],
  };
}

/** `promote build`, without the CLI: the configuration is that of the commit. */
export async function buildHere(
  folder: string,
  sha: Sha,
  options: { readonly events?: BuildEvent[]; readonly by?: string; readonly signal?: AbortSignal } = {},
): Promise<BuildEnd> {
  const ports = await localBuildPorts(folder);
  const publisher = { by: options.by ?? "ci@github", runUrl: null };
  return await buildRelease(
    ports,
    { config: configOf(folder, sha), sha, publisher, ...(options.signal ? { signal: options.signal } : {}) },
    (event) => {
      options.events?.push(event);
    },
  );
}

/** slipway.yaml of a commit. */
export function configOf(folder: string, sha: Sha): Config {
  const text = execFileSync("git", ["show", `${sha}:./slipway.yaml`], { cwd: folder, encoding: "utf8" });
  const answer = parseConfig(text, "slipway.yaml");
  if (!answer.ok) throw new Error(`the test's own slipway.yaml is refused: ${JSON.stringify(answer)}`);
  return answer.config;
}
