import type { VersionDocument } from "./schemas/version.ts";

export const versionDocument = (text: string): VersionDocument => ({ kind: "version", version: 1, text, exit: 0 });
