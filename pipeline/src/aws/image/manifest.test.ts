import { expect, test } from "vitest";
import { manifestTypes, mediaTypeOf, parseManifest, platformOfConfig } from "./manifest.ts";

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
  expect(parseManifest(Buffer.from(text))).toBeNull();
});

test("a list tells each image and its platform, an artifact without one too", () => {
  const text = JSON.stringify({
    manifests: [{ digest, platform: { os: "linux", architecture: "arm64" } }, { digest }],
  });
  expect(parseManifest(Buffer.from(text))).toEqual({
    kind: "index",
    images: [
      { digest, platform: "linux/arm64" },
      { digest, platform: "unknown/unknown" },
    ],
  });
});

test.each(["", "{}", '{"os":"linux"}', '{"os":1,"architecture":"amd64"}', "null"])("%s is no configuration", (text) => {
  expect(platformOfConfig(Buffer.from(text))).toBeNull();
});

test.each([
  {
    name: "what it says",
    text: `{"mediaType":"${manifestTypes[3]}","config":{"digest":"${digest}"}}`,
    told: manifestTypes[1],
    is: manifestTypes[3],
  },
  {
    name: "what the registry calls it",
    text: `{"config":{"digest":"${digest}"}}`,
    told: `${manifestTypes[3]}; charset=utf-8`,
    is: manifestTypes[3],
  },
  {
    name: "a list, if it is one",
    text: `{"manifests":[{"digest":"${digest}"}]}`,
    told: "application/json",
    is: manifestTypes[0],
  },
  { name: "an image of OCI otherwise", text: `{"config":{"digest":"${digest}"}}`, told: null, is: manifestTypes[1] },
])("a manifest is $name", ({ text, told, is }) => {
  expect(mediaTypeOf(Buffer.from(text), told)).toBe(is);
});
