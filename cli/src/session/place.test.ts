import { describe, expect, test } from "vitest";
import { placeOf } from "./place.ts";

const call = {
  file: "/work/app/slipway.yaml",
  named: null,
  store: ".slipway",
  region: null,
  folder: "/work/app/src",
  isLocal: false,
};

describe("where a ladder lies", () => {
  test.each([
    ["beside slipway.yaml", {}, { root: "/work/app", storeFolder: null, bucket: null }],
    [
      "a folder of slipway.yaml",
      { store: "../shared" },
      { root: "/work/app", storeFolder: "/work/shared", bucket: null },
    ],
    [
      "a folder of the call",
      { named: "other" },
      { root: "/work/app", storeFolder: "/work/app/src/other", bucket: null },
    ],
    ["a folder alone", { file: null, named: "/backup/.slipway" }, { root: "/backup", storeFolder: null, bucket: null }],
    [
      "a bucket of slipway.yaml, in its region",
      { store: "s3://acme/app", region: "eu-central-1" },
      { root: "/work/app", storeFolder: null, bucket: { bucket: "acme", prefix: "app", region: "eu-central-1" } },
    ],
    [
      "a bucket of the call, of which slipway.yaml knows no region",
      { named: "s3://other/a/b/", region: "eu-central-1" },
      { root: "/work/app", storeFolder: null, bucket: { bucket: "other", prefix: "a/b", region: null } },
    ],
    [
      "a bucket alone",
      { file: null, named: "s3://acme/app" },
      { root: "/work/app/src", storeFolder: null, bucket: { bucket: "acme", prefix: "app", region: null } },
    ],
  ])("%s", (_name, at, place) => {
    expect(placeOf({ ...call, ...at })).toEqual(place);
  });

  test.each([
    ["gs://acme/app", false],
    ["s3://acme", false],
    ["s3://acme/../app", false],
    ["s3://acme/app", true],
  ])("nowhere for %s where local is %s", (named, isLocal) => {
    expect(() => placeOf({ ...call, named, isLocal })).toThrow(expect.objectContaining({ code: "store-unusable" }));
  });
});
