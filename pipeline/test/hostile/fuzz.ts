import { parseArgs } from "node:util";
import { corpusOf, keep } from "./corpus.ts";
import { Coverage } from "./coverage.ts";
import { diceOf, mutate, shrink } from "./mutate.ts";
import { type Parser, parsers } from "./parsers.ts";
import { tell } from "./tell.ts";

/*
 * Coverage-guided: an input that runs a block of our sources for the first time is kept, and mutations go on from it.
 *   node pipeline/test/hostile/fuzz.ts --seconds 20 [--parser sql] [--seed 7]
 * What breaks a parser is shrunk and put into the corpus, which every commit tries.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "20" },
    parser: { type: "string" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});

/** Between two looks at the counters, which cost as much as some dozens of inputs. */
const batchSize = 64;
/** No input of 20 kB may keep a parser busy for longer. */
const slowMilliseconds = 2_000;

async function faultOf(parser: Parser, bytes: Uint8Array): Promise<unknown> {
  const started = performance.now();
  try {
    await parser.read(bytes);
  } catch (error) {
    return error ?? new Error("threw nothing");
  }
  const took = performance.now() - started;
  return took > slowMilliseconds ? new Error(`slow: ${Math.round(took)} ms for ${bytes.length} bytes`) : null;
}

interface Fuzzed {
  readonly tries: number;
  readonly kept: number;
  readonly faults: readonly string[];
}

async function fuzz(parser: Parser, seconds: number, seed: number): Promise<Fuzzed> {
  const dice = diceOf(seed);
  await using coverage = await Coverage.start();
  const start = [...parser.seeds.map((told) => Buffer.from(told)), ...corpusOf(parser.name).map(({ bytes }) => bytes)];
  const pool: Uint8Array[] = [...start];
  const faults = new Map<string, string>();
  const judge = async (bytes: Uint8Array): Promise<void> => {
    const fault = await faultOf(parser, bytes);
    if (fault === null) return;
    const word = wordOf(fault);
    if (faults.has(word)) return;
    faults.set(word, "");
    const fails = async (shorter: Uint8Array) => wordOf(await faultOf(parser, shorter)) === word;
    faults.set(word, keep(parser.name, await shrink(bytes, fails)));
  };
  for (const bytes of start) await judge(bytes);
  await coverage.fresh();
  let tries = start.length;
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    const batch = Array.from({ length: batchSize }, () => {
      const [one, other] = [pool[dice(pool.length)], pool[dice(pool.length)]];
      return mutate(one ?? Buffer.alloc(0), other ?? Buffer.alloc(0), parser.words, dice);
    });
    const known = coverage.blocks;
    for (const bytes of batch) await judge(bytes);
    tries += batch.length;
    if ((await coverage.fresh()) > 0) pool.push(...(await contributors(parser, batch, known)));
  }
  return { tries, kept: pool.length - start.length, faults: [...faults].map(([word, file]) => `${word}: ${file}`) };
}

/** Of a batch that reached something new: a fresh count tells which inputs did, from the longest path down. */
async function contributors(
  parser: Parser,
  batch: readonly Uint8Array[],
  known: number,
): Promise<readonly Uint8Array[]> {
  await using coverage = await Coverage.start();
  const found: Uint8Array[] = [];
  for (const bytes of batch) {
    await faultOf(parser, bytes);
    if ((await coverage.fresh()) > 0) found.push(bytes);
  }
  // The first of them pays for all that every input runs.
  return known === 0 ? found : found.slice(1);
}

const wordOf = (fault: unknown): string =>
  fault instanceof Error ? `${fault.name}: ${fault.message.replace(/\d+/g, "#").slice(0, 80)}` : String(fault);

const seed = Number(values.seed);
const asked = parsers.filter(({ name }) => values.parser === undefined || name === values.parser);
if (asked.length === 0) throw new Error(`no such parser; there are ${parsers.map(({ name }) => name).join(", ")}`);
let failures = 0;
let tries = 0;
for (const parser of asked) {
  const fuzzed = await fuzz(parser, Number(values.seconds), seed);
  process.stdout.write(
    `${parser.name}: ${fuzzed.tries} inputs, ${fuzzed.kept} reached something new, ${fuzzed.faults.length} broke it\n`,
  );
  for (const fault of fuzzed.faults)
    process.stdout.write(`  ${fault}\n  node pipeline/test/hostile/fuzz.ts --parser ${parser.name} --seed ${seed}\n`);
  failures += fuzzed.faults.length;
  tries += fuzzed.tries;
}
tell({
  promise: "fuzzed-parsers",
  tries,
  unit: `inputs of ${asked.length} parsers`,
  failures,
  seconds: asked.length * Number(values.seconds),
});
process.exitCode = failures > 0 ? 1 : 0;
