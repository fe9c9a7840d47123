import { describe, expect, test } from "vitest";
import { aTarget } from "../../test/builders.ts";
import type { Target } from "../environment/target.ts";
import { UserError } from "../errors.ts";
import { awsSiteOf } from "./site.ts";

const web = {
  bucket: "acme-prod-web",
  prefix: "web",
  distribution: "E2QWRUHAPOMQZL",
  keyValueStore: "arn:aws:cloudfront::111122223333:key-value-store/5a0c4c6e-0b1f-4a73-9c5a-6f0f0d1f2f3a",
};
const site = {
  region: "eu-central-1",
  account: "111122223333",
  role: "arn:aws:iam::111122223333:role/slipway-promote-prod",
  images: { repository: "111122223333.dkr.ecr.eu-central-1.amazonaws.com/acme/chronoledger", platform: "linux/arm64" },
  cluster: "arn:aws:ecs:eu-central-1:111122223333:cluster/prod",
  services: { api: { service: "chronoledger-api" } },
  tasks: {
    networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-0123456789abcdef0"] } },
    launchType: "FARGATE",
  },
  web,
};
const onAws = (fields: Partial<Target> = {}, at: object = {}): Target =>
  aTarget({ kind: "aws", url: "https://chronoledger.example", site: { ...site, ...at }, ...fields }).target;

function problemsOf(target: Target): string {
  try {
    awsSiteOf(target);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.code).toBe("store-unusable");
    return error.message;
  }
  return "none";
}

test("a site needs no more than what no default can tell", () => {
  expect(awsSiteOf(onAws())).toEqual({
    ...site,
    endpoint: null,
    services: { api: { service: "chronoledger-api", kind: "ecs", initialCount: 1, madeWith: null } },
  });
  const least = { role: null, services: {}, tasks: null, web: null };
  expect(awsSiteOf(onAws({ services: {}, migrations: null, web: null, url: null }, least))).toMatchObject(least);
});

describe("what is wrong with a site is said field by field, all at once", () => {
  const wrong: readonly [name: string, target: Target, ...problems: string[]][] = [
    [
      "fields",
      onAws({}, { account: 111122223333, region: "mars", cluster: "a cluster", images: { repository: "https://x/y" } }),
      "5 problems",
      "site.account  is a number here; put the 12 digits in quotes",
      'site.region  "mars" is not an AWS region',
      'site.cluster  "a cluster" is not the name or the ARN of an ECS cluster',
      'site.images.repository  "https://x/y" is not <registry>/<repository>',
    ],
    ["no site", onAws({ site: null }), "1 problem;", "site  is empty"],
    ["a field of nobody", onAws({}, { secret: "x" }), "site.secret  is not known here"],
    ["an image with a tag", onAws({}, { images: { repository: "ghcr.io/a/b:v1", platform: "linux/amd64" } }), "tag"],
    ["a login in an endpoint", onAws({}, { endpoint: "http://me:pw@127.0.0.1:5000" }), "site.endpoint"],
    ["a prefix that leads out", onAws({}, { web: { ...web, prefix: "a/../b" } }), "site.web.prefix"],
    ["another kind", onAws({ kind: "local" }), "kind  is local"],
    ["a place for any service", onAws({ anyService: aTarget().target.migrations }), "anyService  ECS hosts"],
    [
      "services of two lists",
      onAws({ services: {} }, { services: { api: { service: "a" }, worker: { service: "w" } } }),
      "services.api  is required: site.services has api",
      "services.worker",
    ],
    ["a service without a place", onAws({}, { services: {} }), "site.services.api  is required: services has api"],
    ["migrations without a task", onAws({}, { tasks: null }), "site.tasks  is required"],
    ["web without a bucket", onAws({}, { web: null }), "site.web  is required"],
    ["a bucket without web", onAws({ web: null }), "web  is required: site.web"],
    ["a pointer that lies nowhere", onAws({}, { web: { ...web, keyValueStore: null } }), "site.web.keyValueStore"],
    ["an address in the clear", onAws({ url: "http://chronoledger.example" }), "not an address with https://"],
    ["an address with a path", onAws({ url: "https://chronoledger.example/app" }), "url  is a host alone"],
    [
      "two ways onto a host",
      onAws({}, { tasks: { launchType: "EC2", capacityProviderStrategy: [{ capacityProvider: "x" }] } }),
      "site.tasks.launchType  does not go",
    ],
    [
      "an Express service by name",
      onAws({}, { services: { api: { service: "a", kind: "express" } } }),
      "is the ARN where",
    ],
    [
      "parts of another account and region",
      onAws({}, { role: site.role.replace("1111", "9999"), cluster: site.cluster.replace("central", "west") }),
      "site.role  is of account 999922223333; site.account is 111122223333",
      "site.cluster  is in eu-west-1; site.region is eu-central-1",
    ],
  ];

  test.each(wrong)("%s", (_name, target, ...problems) => {
    const said = problemsOf(target);
    for (const problem of problems) expect(said).toContain(problem);
    expect(said).toMatch(/^Usage: target\.json of prod has \d+ problems?; .* Nothing was changed\.\n/);
  });

  test("an emulator answers without encryption", () => {
    const target = onAws({ url: "http://127.0.0.1:8080" }, { endpoint: "http://127.0.0.1:5000" });
    expect(problemsOf(target)).toBe("none");
  });
});
