import { expect, test } from "vitest";
import { parseBucketAddress } from "./bucket-address.ts";

test.each([
  ["s3://acme-slipway/chronoledger", { bucket: "acme-slipway", prefix: "chronoledger" }],
  ["s3://acme.slipway/a/b/", { bucket: "acme.slipway", prefix: "a/b" }],
  ["s3://acme-slipway", null],
  ["s3://acme-slipway/", null],
  ["s3://acme-slipway//app", null],
  ["s3://acme-slipway/a/../b", null],
  ["s3://acme-slipway/./b", null],
  ["s3://acme-slipway/a b", null],
  ["s3://ACME/app", null],
  ["S3://acme/app", null],
  ["gs://acme/app", null],
  [".slipway", null],
])("%s", (store, address) => {
  expect(parseBucketAddress(store)).toEqual(address);
});
