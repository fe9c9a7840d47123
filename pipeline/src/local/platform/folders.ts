import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { join } from "node:path";

/** Where everything of one app folder lies on this machine. */
export interface PlatformFolders {
  /** Folder of slipway.yaml. */
  readonly root: string;
  readonly objects: string;
  readonly images: string;
  /** State of the background process; its removal is what `purge` means. */
  readonly state: string;
  readonly unpacked: string;
  readonly environments: string;
  readonly processes: string;
  readonly addressFile: string;
  readonly log: string;
}

/** `storeFolder` is the store of the configuration where that is a folder; `.slipway` beside slipway.yaml otherwise. */
export function platformFolders(root: string, storeFolder?: string): PlatformFolders {
  const own = realpathSync(root);
  const store = storeFolder ?? join(own, ".slipway");
  const state = join(own, ".slipway", "platform");
  return {
    root: own,
    objects: join(store, "objects"),
    images: join(store, "images"),
    state,
    unpacked: join(state, "images"),
    environments: join(state, "environments"),
    processes: join(state, "processes"),
    addressFile: join(state, "platform.json"),
    log: join(state, "platform.log"),
  };
}

/** Names the control socket's folder: the same root, the same name, in few enough bytes for any socket address. */
export const rootKey = (root: string): string => createHash("sha256").update(root).digest("hex").slice(0, 12);
