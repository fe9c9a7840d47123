import type { Digest, Sha } from "../identifiers.ts";

/** The digits of a digest: what keys and file names are made of. */
export const hexOf = (digest: Digest): string => digest.slice("sha256:".length);

export const blobPrefix = "blobs/";
export const blobKey = (digest: Digest): string => `${blobPrefix}${hexOf(digest)}`;
export const releaseKey = (sha: Sha): string => `releases/${sha}/release.json`;
export const retentionKey = (sha: Sha): string => `releases/${sha}/retention.json`;
export const policyKey = "policy.json";
export const policyVersionKey = (digest: Digest): string => `policies/${hexOf(digest)}.json`;
