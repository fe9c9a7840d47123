import assert from "node:assert/strict";
import type { Act } from "../stage.ts";

export const skipStaging: Act = {
  slug: "skip-staging",
  title: "Prod is asked for without staging: refused, with every reason",
  play: async (stage) => {
    await stage.build("minutes-as-hours");
    await stage.move("minutes-as-hours", "dev");
    const before = await stage.storeListing();
    const answer = await stage.promote("--sha", stage.sha("minutes-as-hours"), "--env", "prod");
    assert.equal(answer.exit, 3, JSON.stringify(answer.document));
    const codes = answer.document.reasons.map((reason: { code: string }) => reason.code);
    assert(codes.includes("order"), `the reasons are ${codes}`);
    assert.deepEqual(await stage.storeListing(), before, "a refusal has written something");
    await stage.runs("base", "prod");
    return { exit: answer.exit, reasons: codes };
  },
};
