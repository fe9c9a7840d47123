import { expect, test } from "vitest";
import { aServiceLook, digestOf, shas, someFacts } from "../../test/builders.ts";
import { known } from "./facts.ts";
import { seenOtherwise } from "./seen-otherwise.ts";

test("what runs as recorded, or could not be looked at, was not seen otherwise", () => {
  expect(seenOtherwise(someFacts())).toEqual([]);
  const silent = { status: "unknown", because: "timed out" } as const;
  expect(seenOtherwise(someFacts({ services: { api: silent }, web: silent }))).toEqual([]);
});

test("a service without tasks, and pages of another release, were", () => {
  const services = { api: known(aServiceLook({ wanted: null, tasks: [] })) };
  const web = known({ web: { sha: shas.new, digest: digestOf("pages") }, epoch: 18, etag: "18" });
  expect(seenOtherwise(someFacts({ services }))).toEqual(["api"]);
  expect(seenOtherwise(someFacts({ services, web }))).toEqual(["api", "web"]);
});
