import assert from "node:assert/strict";
import type { Act } from "../stage.ts";

export const alreadyLive: Act = {
  slug: "already-live",
  title: "What is live already is promoted again: checked, and nothing is changed",
  play: async (stage) => {
    const { sha } = await stage.version("dev");
    const before = await stage.storeListing();
    const answer = await stage.promote("--sha", sha, "--env", "dev");
    assert.equal(answer.exit, 0, JSON.stringify(answer.document));
    assert.equal(answer.document.environment, "unchanged");
    assert.deepEqual(await stage.storeListing(), before, "something was written");
    return { seconds: answer.seconds, environment: answer.document.environment };
  },
};
