/** The adapters of AWS, and of registries beside it. */

export { openStore, type StoreOnS3 } from "./open-store.ts";
export { viewerRequestFunction } from "./web/viewer-request.ts";

// Loaded when they are called: who only reads the store needs none of the other services.
export const connectAws: typeof import("./connect.ts").connectAws = async (input) =>
  (await import("./connect.ts")).connectAws(input);
export const openImageBuild: typeof import("./open-build.ts").openImageBuild = async (input) =>
  (await import("./open-build.ts")).openImageBuild(input);
export const openRegistryShelf = async () => (await import("./image-shelf.ts")).createRegistryShelf();
export const examineAccess: typeof import("./connect.ts").examineAccess = async (input) =>
  (await import("./connect.ts")).examineAccess(input);
