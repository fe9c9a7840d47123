import { inject } from "vitest";
import { objectStoreContract } from "../../test/contract/object-store.contract.ts";
import { clientAt, openBucket } from "../../test/emulators/open-bucket.ts";
import { S3ObjectStore } from "./object-store.ts";

for (const emulator of ["moto", "ministack"] as const) {
  const client = clientAt(inject(emulator));
  const bucket = openBucket(client);
  let stores = 0;
  objectStoreContract(`S3 of ${emulator}`, async () => {
    stores += 1;
    return new S3ObjectStore({ client, bucket: await bucket, prefix: `apps/app-${stores}` });
  });
}
