import { expect, test } from "vitest";
import { aFileList, aRelease, aService, aServiceLook, aState, digestOf, shas } from "../../test/builders.ts";
import type { EnvironmentPorts, ProbeAnswer, Revision, ServiceLook } from "../ports.ts";
import { verifyLive } from "./verify-live.ts";

test("a file that is not the image's is named", async () => {
  const { wanted } = aServiceLook();
  const { image } = wanted as Revision;
  const edited = { image, path: "data/cache.txt" };
  const look = aServiceLook({ tasks: [{ id: "1", image: digestOf("x"), health: "healthy", edited }] });
  const ports = {
    services: { inspect: async () => look },
    web: { readLive: async () => ({ web: null, epoch: 1, etag: "1" }) },
  } as unknown as EnvironmentPorts;
  const state = { services: { api: wanted as Revision }, web: null };
  const verdict = await verifyLive({ ports, state, web: null, shapeOf: () => null, reachable: false });
  expect(verdict.checks).toMatchObject([
    { status: "no", message: `0 of 2 tasks run ${image.slice(0, 19)}, data/cache.txt is not the image's` },
  ]);
});

test("a service that runs other bytes says which, and of which release it is set to run them", async () => {
  const { wanted } = aServiceLook();
  const other = { ...(wanted as Revision), sha: shas.newest, image: digestOf("x") };
  const verdict = async (set: ServiceLook["wanted"]) => {
    const look = aServiceLook({ wanted: set, tasks: [{ id: "1", image: other.image, health: "healthy" }] });
    const ports = {
      services: { inspect: async () => look },
      web: { readLive: async () => ({ web: null, epoch: 1, etag: "1" }) },
    } as unknown as EnvironmentPorts;
    const state = { services: { api: wanted as Revision }, web: null };
    return (await verifyLive({ ports, state, web: null, shapeOf: () => null, reachable: false })).checks;
  };
  const runs = { image: other.image, tasks: 1, of: 2 };
  expect(await verdict(other)).toMatchObject([{ status: "no", runs: { ...runs, sha: shas.newest } }]);
  expect(await verdict("unknown-revision")).toMatchObject([{ status: "no", runs: { ...runs, sha: null } }]);
});

test.each([
  ["of the same bytes is no other one: it is not known yet", { image: null }, { status: "unknown", isStarting: true }],
  ["that runs already, and is not healthy yet, is none either", {}, { status: "unknown", isStarting: true }],
  ["of other bytes is another one", { image: digestOf("x") }, { status: "no" }],
])("a task that was started a moment ago %s", async (_, fields, expected) => {
  const { wanted, tasks } = aServiceLook();
  const { image } = wanted as Revision;
  const look = aServiceLook({ tasks: [...tasks, { id: "3", image, health: "starting", ...fields }] });
  const ports = {
    services: { inspect: async () => look },
    web: { readLive: async () => ({ web: null, epoch: 1, etag: "1" }) },
  } as unknown as EnvironmentPorts;
  const state = { services: { api: wanted as Revision }, web: null };
  const { checks } = await verifyLive({ ports, state, web: null, shapeOf: () => null, reachable: false });
  expect(checks).toMatchObject([expected]);
});

const file = aFileList().files.find(({ role }) => role === "entry");
const published = { status: 200, sha256: file?.sha256 ?? "", body: `{"sha":"${shas.new}"}` };
const smoke = { method: "GET", path: "/version", status: 200, text: "{sha}" } as const;

/** What is seen where requests are answered so. */
async function looking(answer: (path: string) => Partial<typeof published> | "unreachable") {
  const release = aRelease();
  const state = aState(release);
  const ports = {
    services: { inspect: async () => aServiceLook() },
    web: { readLive: async () => ({ web: state.web, epoch: 1, etag: "1" }) },
    probe: {
      ask: async (_method: string, path: string): Promise<ProbeAnswer> => {
        const said = answer(path);
        return said === "unreachable" ? said : ({ ...published, ...said } as ProbeAnswer);
      },
    },
  } as unknown as EnvironmentPorts;
  const shapeOf = () => aService({ smoke: [smoke] });
  const { checks } = await verifyLive({ ports, state, web: aFileList(), shapeOf, reachable: true });
  return checks.filter(({ part }) => part === "entry" || part === "smoke");
}
const isSmoke = (path: string): boolean => path === smoke.path;

test("pages and smoke checks that answer as published are yes", async () => {
  const checks = await looking((path) =>
    isSmoke(path) ? {} : { sha256: aFileList().files.find((one) => `/${one.path}` === path)?.sha256 ?? "" },
  );
  expect(checks.length).toBeGreaterThan(1);
  expect(new Set(checks.map(({ status }) => status))).toEqual(new Set(["yes"]));
});

test.each([
  {
    name: "a smoke check with another status",
    says: { status: 503 },
    at: isSmoke,
    code: "smoke-failed",
    part: "smoke",
  },
  { name: "a smoke check without its text", says: { body: "hello" }, at: isSmoke, code: "smoke-failed", part: "smoke" },
  {
    name: "a page with other bytes",
    says: { sha256: digestOf("other") },
    at: (path: string) => !isSmoke(path),
    code: "web-mismatch",
    part: "entry",
  },
  {
    name: "a page that is gone",
    says: { status: 404 },
    at: (path: string) => !isSmoke(path),
    code: "web-mismatch",
    part: "entry",
  },
])("$name is no: $code", async ({ says, at, code, part }) => {
  const checks = await looking((path) => (at(path) ? says : {}));
  expect(checks).toContainEqual(expect.objectContaining({ part, status: "no", code }));
});

test("what cannot be reached is unknown, never no", async () => {
  const checks = await looking(() => "unreachable");
  expect(new Set(checks.map(({ status }) => status))).toEqual(new Set(["unknown"]));
});
