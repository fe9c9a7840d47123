import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  BatchGetImageCommand,
  CreateRepositoryCommand,
  DescribeImagesCommand,
  ECRClient,
  PutImageCommand,
} from "@aws-sdk/client-ecr";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { credentials, region } from "../../test/emulators/clients.ts";
import { anImage, anIndex, type SampleImage } from "../../test/emulators/push-image.ts";
import { permitOf } from "../../test/platform-fixture.ts";
import { sha256 } from "../release/canonical-json.ts";
import { EcrImageRegistry } from "./image-registry.ts";

const pin = "deployed-prod-1f6ac3dc1626e53a13043b026c48bbf33feff924";
const [amd64, arm64, attestation] = [anImage("one"), anImage("one", "arm64"), anImage("proof", "unknown")];
const index = anIndex({ amd64, arm64 }, attestation);

/** What one call is answered instead of being made; what no emulator has (facts named where they are used). */
type Answers = Readonly<Record<string, (input: unknown) => object>>;

/** moto keeps no layers: what it would answer (API_GetDownloadUrlForLayer) is an address where the images' configurations are. */
async function layersOf(images: readonly SampleImage[]): Promise<Answers> {
  const blobs = new Map(images.map(({ blobs: [config = ""] }) => [`/${sha256(config)}`, config]));
  const server = createServer((request, response) => {
    const blob = blobs.get(request.url ?? "");
    response.writeHead(blob === undefined ? 404 : 200).end(blob);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    GetDownloadUrlForLayerCommand: (input) => ({
      downloadUrl: `${origin}/${(input as { readonly layerDigest: string }).layerDigest}`,
    }),
  };
}

describe("ECR of moto", () => {
  const endpoint = inject("moto");
  const clientWith = (answers: Answers = {}) => {
    const client = new ECRClient({ endpoint, region, credentials });
    client.middlewareStack.add(
      (next, context) => async (args) => {
        const answer = answers[context.commandName ?? ""];
        return answer ? { output: { $metadata: {}, ...answer(args.input) }, response: {} } : await next(args);
      },
      { step: "initialize" },
    );
    return client;
  };

  /** A repository with these images. */
  async function open(images: readonly SampleImage[], answers: Answers = {}, platform = "linux/amd64") {
    const direct = clientWith();
    const repository = `app-${randomBytes(4).toString("hex")}`;
    await direct.send(new CreateRepositoryCommand({ repositoryName: repository, imageTagMutability: "IMMUTABLE" }));
    for (const { manifest, mediaType, digest } of images) {
      const image = { imageManifest: manifest, imageManifestMediaType: mediaType, imageDigest: digest };
      await direct.send(
        new PutImageCommand({ repositoryName: repository, ...image, imageTag: `build-${digest.slice(7, 19)}` }),
      );
    }
    return {
      registry: new EcrImageRegistry({ client: clientWith(answers), repository, platform }),
      direct,
      repository,
    };
  }

  test("knows nothing of an image that is not in the repository", async () => {
    const { registry } = await open([amd64]);
    expect(await registry.inspect(anImage("another"))).toBeNull();
  });

  test("of a list of images, that for the platform of the tasks counts", async () => {
    const { registry } = await open([amd64, arm64, attestation, index], await layersOf([amd64]));
    expect(await registry.inspect(index)).toEqual({ pullable: true, because: null });
    const { registry: other } = await open([amd64, attestation, index], {}, "linux/s390x");
    expect(await other.inspect(index)).toEqual({
      pullable: false,
      because: "it is for linux/amd64, linux/arm64, not for linux/s390x",
    });
    const { registry: torn } = await open([arm64, attestation, index]);
    expect(await torn.inspect(index)).toEqual({
      pullable: false,
      because: "its manifest for linux/amd64 is not there",
    });
  });

  test("an archived image is described and cannot be pulled", async () => {
    // moto archives nothing; API_ImageDetail: imageStatus ACTIVE | ARCHIVED | ACTIVATING.
    const archived = {
      DescribeImagesCommand: (input: unknown) => {
        // Without it ECR tells of active ones alone.
        expect(input).toMatchObject({ filter: { imageStatus: "ANY" } });
        return { imageDetails: [{ imageStatus: "ARCHIVED" }] };
      },
    };
    const { registry } = await open([amd64, index], archived);
    expect(await registry.inspect(index)).toEqual({
      pullable: false,
      because: "ECR has it as ARCHIVED, which nobody can pull",
    });
  });

  test("the configuration of a single image says what it is for", async () => {
    const layers = await layersOf([amd64, arm64]);
    const { registry } = await open([amd64, arm64, anImage("two")], layers);
    expect(await registry.inspect(amd64)).toEqual({ pullable: true, because: null });
    expect(await registry.inspect(arm64)).toMatchObject({ because: "it is for linux/arm64, not for linux/amd64" });
    expect(await registry.inspect(anImage("two"))).toMatchObject({ because: "its configuration is not there" });
  });

  test("a pin is one more tag on the same digest, and may be set twice", async () => {
    const { registry, direct, repository } = await open([amd64, arm64, index]);
    for (const image of [amd64, arm64, amd64]) await registry.pin(image, pin, permitOf(1));
    for (const { digest, manifest } of [amd64, arm64]) {
      const imageIds = [{ imageTag: `${pin}-${digest.slice(7, 19)}` }];
      const { images = [] } = await direct.send(new BatchGetImageCommand({ repositoryName: repository, imageIds }));
      expect(images.map(({ imageManifest }) => imageManifest)).toEqual([manifest]);
      const described = await direct.send(new DescribeImagesCommand({ repositoryName: repository, imageIds }));
      expect(described.imageDetails?.map(({ imageDigest }) => imageDigest)).toEqual([digest]);
    }
    await expect(registry.pin(anImage("another"), pin, permitOf(1))).rejects.toThrow("is not there");
  });

  test("a repository that is not there is no answer, and named", async () => {
    const registry = new EcrImageRegistry({ client: clientWith(), repository: "nowhere", platform: "linux/amd64" });
    await expect(registry.inspect(amd64)).rejects.toThrow("RepositoryNotFoundException");
  });
});
