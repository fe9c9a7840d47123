import assert from "node:assert/strict";
import type { Act } from "../stage.ts";

export const twoAtOnce: Act = {
  slug: "two-at-once",
  title: "Two promote at once: one wins, the other is told who holds the lease",
  play: async (stage) => {
    await stage.build("client-first");
    await stage.build("longer-pages");
    const slugs = ["client-first", "longer-pages"] as const;
    const answers = await Promise.all(slugs.map((slug) => stage.promote("--sha", stage.sha(slug), "--env", "dev")));
    const exits = answers.map((answer) => answer.exit);
    assert.deepEqual(exits.toSorted(), [0, 5], JSON.stringify(answers.map((answer) => answer.document)));
    const winner = slugs[exits.indexOf(0)];
    const busy = answers[exits.indexOf(5)];
    assert(winner && busy);
    await stage.runs(winner, "dev");
    const holder = busy.document.lease?.by ?? busy.document.holder;
    assert(holder, `the loser was not told who: ${JSON.stringify(busy.document)}`);
    return { winner, holder };
  },
};
