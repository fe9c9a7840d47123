import { inject } from "vitest";
import { objectStoreContract } from "../../test/contract/object-store.contract.ts";
import { s3ClientsAt } from "../../test/emulators/clients.ts";
import { openBucket } from "../../test/emulators/open-bucket.ts";
import { S3ObjectStore } from "./object-store.ts";

for (const emulator of ["moto", "ministack"] as const) {
  const clients = s3ClientsAt(inject(emulator));
  const bucket = openBucket(clients.records);
  let stores = 0;
  objectStoreContract(`S3 of ${emulator}`, async () => {
    stores += 1;
    return new S3ObjectStore({ clients, bucket: await bucket, prefix: `apps/app-${stores}` });
  });
}
