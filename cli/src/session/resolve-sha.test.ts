import { expect, test } from "vitest";
import { instantOf, shas } from "../../../pipeline/test/builders.ts";
import { aDraft } from "../../../pipeline/test/draft-builder.ts";
import { StoreOverTime } from "../../../pipeline/test/store-over-time.ts";
import type { Call } from "../call.ts";
import { resolveSha } from "./resolve-sha.ts";

const calling = (text: string, said: string[] = []) =>
  ({
    args: { values: { sha: text } },
    shell: { isTerminal: true },
    output: { say: (line: string) => said.push(line) },
  }) as unknown as Call;

test("a short SHA is the one release that was published, and never a commit whose publication was abandoned", async () => {
  const weeks = new StoreOverTime();
  await weeks.publish(aDraft({ sha: shas.new }));
  const abandoned = `1f6ac3d${"0".repeat(33)}`;
  const note = { abandoned: true, at: instantOf("2026-11-01T00:00"), replaces: null, sha: abandoned, version: 1 };
  const key = `releases/${abandoned}/release.json`;
  await weeks.store.putIfAbsent(key, new TextEncoder().encode(JSON.stringify(note)));
  const world = { store: weeks.store, refAt: async () => null };
  const said: string[] = [];
  expect(await resolveSha(calling("1f6ac3d", said), world, "sha")).toBe(shas.new);
  expect(said).toEqual([expect.stringContaining(`1f6ac3d is ${shas.new}`)]);
  await expect(resolveSha(calling("1f6ac3d0"), world, "sha")).rejects.toThrow("no published release begins with");
});

test("a short SHA of two releases is taken for neither, and both are listed", async () => {
  const weeks = new StoreOverTime();
  const other = `1f6ac3d${"1".repeat(33)}` as typeof shas.new;
  await weeks.publish(aDraft({ sha: shas.new }));
  await weeks.publish(aDraft({ sha: other }));
  const world = { store: weeks.store, refAt: async () => null };
  const message = expect.stringMatching(new RegExp(`is 2 published releases.*(?:${shas.new}|${other}).*\n`, "s"));
  await expect(resolveSha(calling("1f6ac3d"), world, "sha")).rejects.toMatchObject({ code: "sha-ambiguous", message });
  expect(await resolveSha(calling("1f6ac3d1"), world, "sha")).toBe(other);
});
