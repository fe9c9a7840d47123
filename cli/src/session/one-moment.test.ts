import type { EnvironmentPorts, ServiceName, Sha, SourceControl, Target } from "@slipway/pipeline";
import { expect, test } from "vitest";
import { instantOf, shas } from "../../../pipeline/test/builders.ts";
import { MemoryObjectStore } from "../../../pipeline/test/memory-store.ts";
import type { Session } from "../session.ts";
import { atOneMoment } from "./one-moment.ts";

const asked: string[] = [];
const note = <T>(question: string, answer: T): T => {
  asked.push(question);
  return answer;
};
const commits = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ sha: `${n}`.padStart(40, "0") as Sha, subject: `number ${n}` }));
const source: SourceControl = {
  relation: async (from, to) => note(`relation ${from} ${to}`, "ahead"),
  onBranch: async (sha) => note(`on-branch ${sha}`, true),
  between: async (from, to, limit) => note(`between ${from} ${to} ${limit}`, from === shas.old ? commits(300) : null),
};
const connect = async (target: Target) =>
  note(`connect ${target.environment}`, {
    services: { inspect: async (name: string) => note(`inspect ${name}`, { name }) },
    web: { readLive: async () => note("read-live", Promise.reject(new Error("no answer"))) },
  } as unknown as EnvironmentPorts);

function moment() {
  asked.length = 0;
  const store = new MemoryObjectStore(() => instantOf("2026-11-19T12:00"));
  store.plant("policy.json", "first");
  return { store, session: atOneMoment({ store, source, connect } as unknown as Session) };
}
const text = async (session: Session) => Buffer.from((await session.store.get("policy.json"))?.body ?? "").toString();

test("an object reads the same for a whole look, and anew in the next one", async () => {
  const { store, session } = moment();
  expect(await text(session)).toBe("first");
  store.plant("policy.json", "second");
  store.plant("policy2.json", "other");
  expect(await text(session)).toBe("first");
  expect(await session.store.list("policy")).toEqual(["policy.json", "policy2.json"]);
  expect(await text(atOneMoment({ store, source, connect } as unknown as Session))).toBe("second");
});

test("commits are listed once for all who ask, each gets the newest of as many as it wants", async () => {
  const { session } = moment();
  const { between } = session.source;
  const [whole, few] = await Promise.all([between(shas.old, shas.new, 1000), between(shas.old, shas.new, 200)]);
  expect(whole).toHaveLength(300);
  expect(few).toEqual(whole?.slice(100));
  expect(await between(shas.new, shas.old, 200)).toBeNull();
  await Promise.all([session.source.onBranch(shas.new, "main"), session.source.onBranch(shas.new, "main")]);
  await Promise.all([session.source.relation(shas.old, shas.new), session.source.relation(shas.new, shas.old)]);
  expect(asked).toEqual([
    `between ${shas.old} ${shas.new} 1000`,
    `between ${shas.new} ${shas.old} 1000`,
    `on-branch ${shas.new}`,
    `relation ${shas.old} ${shas.new}`,
    `relation ${shas.new} ${shas.old}`,
  ]);
});

test("each part of an environment is asked once, and one that gave no answer stays without", async () => {
  const { session } = moment();
  const target = (environment: string) => ({ environment }) as unknown as Target;
  for (const _ of [1, 2]) {
    const { services, web } = await session.connect(target("dev"));
    await services.inspect("api" as ServiceName);
    await expect(web.readLive()).rejects.toThrow("no answer");
  }
  await (await session.connect(target("prod"))).services.inspect("api" as ServiceName);
  expect(asked).toEqual(["connect dev", "inspect api", "read-live", "connect prod", "inspect api"]);
});
