import assert from "node:assert/strict";
import type { Act } from "../stage.ts";

export const rollbackProd: Act = {
  slug: "rollback-prod",
  title: "Prod goes back to a commit by its name, pages and services together, on the newer schema",
  play: async (stage) => {
    const oldPage = await stage.page("prod");
    await stage.move("minutes-as-hours", "staging");
    await stage.move("minutes-as-hours", "prod");
    assert.notEqual(await stage.page("prod"), oldPage, "the pages did not change");
    const answer = await stage.promote("rollback", "--env", "prod", "--to", stage.sha("base"));
    assert.equal(answer.exit, 0, JSON.stringify(answer.document));
    await stage.runs("base", "prod");
    assert.equal(await stage.page("prod"), oldPage, "the pages did not come back");
    const { document } = await stage.promote("status", "--env", "prod");
    assert(document.environments[0].hold, "a rollback holds the environment");
    return { to: stage.sha("base"), seconds: answer.seconds, held: true };
  },
};
