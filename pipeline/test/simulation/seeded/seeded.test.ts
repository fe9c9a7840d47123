import { describe, expect, test } from "vitest";
import { play } from "./play.ts";
import { situations, situationsIn } from "./reached.ts";
import { writeScript } from "./script.ts";
import { tell } from "./story.ts";

describe("many at once, from a seed", () => {
  test("300 seeds: no record is false, nobody is stuck, and whatever is left open can be settled", async () => {
    const problems: string[] = [];
    const reached = new Set<string>();
    for (let seed = 1; seed <= 300; seed += 1) {
      const played = await play(writeScript(seed));
      problems.push(...played.problems.map((problem) => `seed ${seed}: ${problem}`));
      for (const situation of situationsIn(played.story)) reached.add(situation);
    }
    expect(problems).toEqual([]);
    expect(Object.keys(situations).length).toBeGreaterThanOrEqual(40);
    expect(reached.size).toBeGreaterThan(30);
  }, 120_000);

  test("the same seed tells the same story, byte for byte", async () => {
    for (const seed of [7, 581, 4242]) {
      const stories = [await play(writeScript(seed)), await play(writeScript(seed))];
      const [once, again] = stories.map(({ story }) => tell(story).join("\n"));
      expect(once).toBe(again);
      expect(once?.length).toBeGreaterThan(1_000);
    }
  }, 60_000);
});
