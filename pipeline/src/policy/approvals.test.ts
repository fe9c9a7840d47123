import { describe, expect, test } from "vitest";
import { digestOf, environmentOf, hubot, instantOf, octocat, shas } from "../../test/builders.ts";
import { memoryStore } from "../../test/still-store.ts";
import { PortError } from "../errors.ts";
import { approve, revokeApproval, storeApprovals } from "./approvals.ts";

const start = instantOf("2026-11-19T12:00");
const subject = { environment: environmentOf("prod"), sha: shas.new, planHash: digestOf("plan"), actor: octocat };
const day = 86_400;
const list = (store: ReturnType<typeof memoryStore>) => storeApprovals(store).list(subject.environment, subject.sha);

describe("approve", () => {
  test("is valid from the store's own time", async () => {
    const store = memoryStore(start);
    const answer = await approve(store, subject, day);
    expect(answer).toEqual({
      status: "approved",
      approval: { ...subject, at: start, expiresAt: instantOf("2026-11-20T12:00"), revokedAt: null },
    });
    expect(await list(store)).toEqual([answer.approval]);
  });

  test("twice is once, and the first one's time stays", async () => {
    const store = memoryStore(start);
    await approve(store, subject, day);
    store.setTime(instantOf("2026-11-19T18:00"));
    expect(await approve(store, subject, 7 * day)).toMatchObject({ status: "already", approval: { at: start } });
    expect(await list(store)).toHaveLength(1);
  });

  test("renews an expired one beside it", async () => {
    const store = memoryStore(start);
    await approve(store, subject, day);
    store.setTime(instantOf("2026-11-20T12:00"));
    expect(await approve(store, subject, day)).toMatchObject({ status: "approved" });
    expect((await list(store)).map((one) => one.expiresAt)).toEqual([
      instantOf("2026-11-20T12:00"),
      instantOf("2026-11-21T12:00"),
    ]);
  });

  test("lists every plan and person of a release, and of no other environment", async () => {
    const store = memoryStore(start);
    await approve(store, subject, day);
    await approve(store, { ...subject, actor: hubot }, day);
    await approve(store, { ...subject, planHash: digestOf("other") }, day);
    await approve(store, { ...subject, environment: environmentOf("staging") }, day);
    await approve(store, { ...subject, sha: shas.old }, day);
    expect((await list(store)).map((one) => one.actor.name).toSorted()).toEqual(["hubot", "octocat", "octocat"]);
  });

  test.each(["Octo/../../cat", "oCTO", "octo", "..", "ünïcode", "a".repeat(200)])(
    "keeps the person %j apart",
    async (id) => {
      const store = memoryStore(start);
      await approve(store, { ...subject, actor: { id, name: "x" } }, day);
      await approve(store, { ...subject, actor: { id: `${id.slice(0, 190)}!`, name: "y" } }, day);
      expect((await list(store)).map((one) => one.actor.id).toSorted()).toEqual(
        [id, `${id.slice(0, 190)}!`].toSorted(),
      );
    },
  );

  test("takes no control characters as a name", async () => {
    const store = memoryStore(start);
    await expect(approve(store, { ...subject, actor: { id: "x", name: "a\u001b[2J" } }, day)).rejects.toThrow();
    expect(await list(store)).toEqual([]);
  });
});

describe("revokeApproval", () => {
  test("leaves the approval on record, revoked", async () => {
    const store = memoryStore(start);
    await approve(store, subject, day);
    const later = instantOf("2026-11-19T13:00");
    store.setTime(later);
    expect(await revokeApproval(store, subject)).toBe("revoked");
    expect(await revokeApproval(store, subject)).toBe("none");
    expect(await list(store)).toMatchObject([{ at: start, revokedAt: later }]);
  });

  test("can be followed by another approval, and touches nobody else's", async () => {
    const store = memoryStore(start);
    await approve(store, subject, day);
    await approve(store, { ...subject, actor: hubot }, day);
    await revokeApproval(store, subject);
    await approve(store, subject, day);
    const found = await list(store);
    expect(
      found
        .filter((one) => one.revokedAt === null)
        .map((one) => one.actor.name)
        .toSorted(),
    ).toEqual(["hubot", "octocat"]);
    expect(found).toHaveLength(3);
  });

  test("answers none where nobody approved", async () => {
    expect(await revokeApproval(memoryStore(start), subject)).toBe("none");
  });
});

describe("what cannot be read is never no approval", () => {
  const folder = `approvals/prod/${shas.new}/${"0".repeat(64)}`;
  test.each([
    ["not JSON", "}"],
    ["empty", ""],
    ["another shape", '{"version":1}'],
    ["huge", `"${"x".repeat(20_000)}"`],
  ])("%s", async (_, text) => {
    const store = memoryStore(start);
    store.plant(`${folder}/someone.1.json`, text);
    await expect(list(store)).rejects.toThrow(PortError);
  });

  test("an approval copied to another plan's folder", async () => {
    const store = memoryStore(start);
    await approve(store, subject, day);
    const [key] = await store.list("approvals/");
    const stored = await store.get(key ?? "");
    store.plant(`${folder}/${key?.split("/").at(-1)}`, new TextDecoder().decode(stored?.body));
    await expect(list(store)).rejects.toThrow(/of another plan or person/);
  });
});
