import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Act } from "../stage.ts";

export const brokenWeb: Act = {
  slug: "broken-web",
  title: "A page asks for a script that is not there: no release comes of it",
  play: async (stage) => {
    const sha = stage.sha("broken-web");
    const answer = await stage.buildOf("broken-web");
    assert.equal(answer.exit, 3, JSON.stringify(answer.document));
    assert.equal(answer.document.code, "web-broken");
    assert.equal(existsSync(join(stage.folder, ".slipway/objects/releases", sha, "release.json")), false);
    const promotion = await stage.promote("--sha", sha, "--env", "dev");
    assert.equal(promotion.exit, 3, JSON.stringify(promotion.document));
    assert.equal(promotion.document.reasons[0].code, "release-missing");
    return { exit: answer.exit, code: answer.document.code, message: answer.document.message };
  },
};
