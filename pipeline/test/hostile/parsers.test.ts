import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { corpusOf } from "./corpus.ts";
import { countCases } from "./count-cases.ts";
import { diceOf, mutate, shrink } from "./mutate.ts";
import { parsers } from "./parsers.ts";

countCases("parsers", "corpora and grammars of parsers");

describe.each(parsers)("what reads $name", ({ name, seeds, words, read }) => {
  test("keeps its word on the corpus", async () => {
    for (const seed of seeds) await read(Buffer.from(seed));
    for (const { bytes } of corpusOf(name)) await read(bytes);
  });

  test("keeps its word on sentences of its grammar", async () => {
    const part = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...words) },
      { weight: 2, arbitrary: fc.constantFrom(...seeds.map((seed) => Buffer.from(seed).toString("utf8"))) },
      { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 8 }) },
      { weight: 1, arbitrary: fc.json({ maxDepth: 3 }) },
    );
    const sentence = fc.array(part, { maxLength: 24 }).map((parts) => Buffer.from(parts.join("")));
    await fc.assert(
      fc.asyncProperty(sentence, async (bytes) => read(bytes)),
      { numRuns: name === "archive" ? 20 : 200 },
    );
  });

  test("keeps its word on seeds with a few bytes changed", async () => {
    const dice = diceOf(20_261_121);
    const pool = seeds.map((seed) => Buffer.from(seed));
    for (let count = name === "archive" ? 50 : 300; count > 0; count -= 1) {
      const [one, other] = [pool[dice(pool.length)], pool[dice(pool.length)]];
      await read(mutate(one ?? Buffer.alloc(0), other ?? Buffer.alloc(0), words, dice));
    }
  });
});

test("a broken parser is found, and what breaks it is made small", async () => {
  const breaks = async (bytes: Uint8Array) => Buffer.from(bytes).includes("';");
  const dice = diceOf(1);
  const seed = Buffer.from("select 'a'; select 'b';");
  expect(Buffer.from(await shrink(mutate(seed, seed, ["x"], dice), breaks)).toString()).toBe("';");
});
