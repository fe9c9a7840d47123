/** The adapters of AWS, and of registries beside it. */

export { EcrImageRegistry } from "./image-registry.ts";
export { S3ObjectStore } from "./object-store.ts";
export { OciImageRegistry } from "./oci-registry.ts";
export { createS3Clients } from "./s3-client.ts";
export { EcsTaskRunner } from "./task-runner.ts";
