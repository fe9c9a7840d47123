import type { Digest } from "../../identifiers.ts";

/** All images of an app share a repository, and a tag names one of them. 128 characters are the most that a tag may have. */
export const pinTag = (pin: string, digest: Digest): string => `${pin}-${digest.slice("sha256:".length, 19)}`;
