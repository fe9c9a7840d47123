import { expect, test } from "vitest";
import { parseManifest, platformOfConfig } from "./manifest.ts";

const digest = `sha256:${"a".repeat(64)}`;

test.each([
  { name: "no JSON", text: "<html>" },
  { name: "a list", text: "[]" },
  { name: "nothing of an image", text: '{"schemaVersion":2}' },
  { name: "Docker's first form, which names no configuration", text: '{"schemaVersion":1,"fsLayers":[]}' },
  { name: "a configuration without a digest", text: '{"config":{"digest":"latest"}}' },
  { name: "a digest of another kind", text: `{"config":{"digest":"sha512:${"a".repeat(128)}"}}` },
  {
    name: "a list of things without digests",
    text: '{"manifests":[{"platform":{"os":"linux","architecture":"amd64"}}]}',
  },
  { name: "a digest that leads elsewhere", text: '{"config":{"digest":"sha256:../../../etc/passwd"}}' },
  { name: "a list without end", text: JSON.stringify({ manifests: Array(1_001).fill({ digest }) }) },
])("$name is no image", ({ text }) => {
  expect(parseManifest(text)).toBeNull();
});

test("a list tells each image and its platform, an artifact without one too", () => {
  const text = JSON.stringify({
    manifests: [{ digest, platform: { os: "linux", architecture: "arm64" } }, { digest }],
  });
  expect(parseManifest(text)).toEqual({
    kind: "index",
    images: [
      { digest, platform: "linux/arm64" },
      { digest, platform: "unknown/unknown" },
    ],
  });
});

test.each(["", "{}", '{"os":"linux"}', '{"os":1,"architecture":"amd64"}', "null"])("%s is no configuration", (text) => {
  expect(platformOfConfig(text)).toBeNull();
});
