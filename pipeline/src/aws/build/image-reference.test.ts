import { expect, test } from "vitest";
import { parseImageReferences } from "./image-reference.ts";

const digest = `sha256:${"a".repeat(64)}`;
const repository = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/tiny";
const parse = (...texts: readonly string[]) => parseImageReferences(texts, ["api", "worker"], repository);

test("names a service, and an image of the repository that its environments run", () => {
  expect(parse(`api=${repository}@${digest}`, `worker=${repository}@${digest}`)).toEqual([
    { service: "api", digest },
    { service: "worker", digest },
  ]);
  expect(parse()).toEqual([]);
});

test.each([
  ["nothing", ""],
  ["a digest alone", digest],
  ["no repository", `api=@${digest}`],
  ["no service", `=${repository}@${digest}`],
  ["a tag instead of a digest", `api=${repository}:v1`],
  ["another hash", `api=${repository}@sha512:${"a".repeat(128)}`],
  ["capital letters", `api=${repository}@sha256:${"A".repeat(64)}`],
  ["a second digest", `api=${repository}@${digest}@${digest}`],
  ["another service", `mailer=${repository}@${digest}`],
  ["a name that every object has", `constructor=${repository}@${digest}`],
  ["another registry", `api=evil.example/tiny@${digest}`],
  ["a repository below", `api=${repository}/other@${digest}`],
  ["a scheme", `api=https://${repository}@${digest}`],
  ["a space", `api=${repository} @${digest}`],
])("refuses %s", (_name, text) => {
  expect(() => parse(text)).toThrow("Nothing was built.");
});

test("says what is wrong with a tag, and with a service that is named twice", () => {
  expect(() => parse(`api=${repository}:v1@${digest}`)).toThrow("has a tag beside its digest; leave the tag out");
  expect(() => parse(`api=${repository}@${digest}`, `api=${repository}@${digest}`)).toThrow("names api twice");
});
