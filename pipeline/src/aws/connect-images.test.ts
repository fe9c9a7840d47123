import { expect, test } from "vitest";
import { credentials, region } from "../../test/emulators/clients.ts";
import { connectImages } from "./connect-images.ts";
import { EcrImageRegistry } from "./image-registry.ts";
import { OciImageRegistry } from "./oci-registry.ts";

const options = { region, credentials: async () => credentials };
const platform = "linux/amd64";

test.each([
  ["111122223333.dkr.ecr.eu-west-1.amazonaws.com/acme/app", EcrImageRegistry],
  ["111122223333.dkr-ecr.eu-west-1.on.aws/acme/app", EcrImageRegistry],
  ["111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/app", EcrImageRegistry],
  ["ghcr.io/acme/app", OciImageRegistry],
  ["127.0.0.1:5000/app", OciImageRegistry],
  ["111122223333.dkr.ecr.eu-west-1.amazonaws.com.evil.example/app", OciImageRegistry],
])("images in %s", (repository, kind) => {
  expect(connectImages({ repository, platform }, options)).toBeInstanceOf(kind);
});
