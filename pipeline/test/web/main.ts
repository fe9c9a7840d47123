/**
 * npm run test:web -- [--pairs 10000] [--seed 1]
 * Random pairs of web releases through the adapter of S3 and CloudFront, there and back, by pointer and in place: calls are counted, and every file is
 * asked for as a client asks, through the function that CloudFront runs.
 */
import { appendFileSync } from "node:fs";
import { parseArgs } from "node:util";
import fc from "fast-check";
import { arbitraryRelease } from "./arbitrary-releases.ts";
import { playPair } from "./play-pair.ts";

const { values } = parseArgs({
  options: { pairs: { type: "string", default: "10000" }, seed: { type: "string", default: "1" } },
});
const pairs = Number(values.pairs);
const showEvery = 2_000;
const begun = performance.now();
let problems = 0;

for (const mode of ["pointer", "sync"] as const) {
  const drawn = fc.sample(fc.tuple(arbitraryRelease, arbitraryRelease), { numRuns: pairs, seed: Number(values.seed) });
  for (const [index, [a, b]] of drawn.entries()) {
    const found = await playPair(mode, a, b);
    if (found.length > 0) process.stderr.write(`${mode} ${index}: ${found.join("; ")}\n`);
    problems += found.length;
    if ((index + 1) % showEvery === 0) process.stderr.write(`${mode}: ${index + 1} pairs, ${problems} problems\n`);
  }
}

const seconds = Math.round((performance.now() - begun) / 1_000);
process.stdout.write(`${2 * pairs} pairs of web releases, ${problems} problems, ${seconds} s\n`);
process.exitCode = problems > 0 ? 1 : 0;
const file = process.env.SLIPWAY_GUARANTEES;
if (file !== undefined) {
  const line = { promise: "web-on-aws", tries: 2 * pairs, unit: "pairs of web releases", failures: problems, seconds };
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}
