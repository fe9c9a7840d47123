import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countCases } from "../../../pipeline/test/hostile/count-cases.ts";
import { faultsOfOutput } from "../../../pipeline/test/hostile/hostile-case.ts";
import { parseArguments } from "../../src/arguments.ts";
import { printable, printableJson } from "../../src/terminal/escape.ts";
import { promotion, verbs } from "../../src/verbs.ts";

countCases("arguments", "grammars of command lines and of output");

const words = [
  "--sha",
  "--env",
  "-sha",
  "--sha=",
  "--env=a=b",
  "--",
  "-",
  "--no-json",
  "--json",
  "--json=false",
  "--a.b",
  "--__proto__",
  "x",
  "",
];
const word = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...words) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(...[promotion, ...verbs].flatMap(({ flags }) => flags.map(({ name }) => `--${name}`))),
  },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
);

describe("whatever is typed", () => {
  it("is understood word for word, or refused", () => {
    const typed = fc.record({ verb: fc.constantFrom(promotion, ...verbs), argv: fc.array(word, { maxLength: 8 }) });
    fc.assert(
      fc.property(typed, ({ verb, argv }) => {
        const answer = parseArguments(verb, argv);
        if (answer.status === "usage") return;
        const { values, switches, command } = answer.args;
        for (const [name, value] of Object.entries(values)) {
          const at = argv.indexOf(`--${name}`);
          expect(value.trim()).not.toBe("");
          expect(value).not.toContain("\0");
          expect([argv[at + 1], argv.find((one) => one.startsWith(`--${name}=`))?.slice(name.length + 3)]).toContain(
            value,
          );
        }
        for (const name of switches) expect(argv.some((one) => one.startsWith(`--${name}`))).toBe(true);
        if (command.length > 0) expect(argv.slice(-command.length)).toEqual(command);
      }),
      { numRuns: 2_000 },
    );
  });

  it("is shown so that neither a terminal nor a runner of GitHub obeys it", () => {
    const shown = fc.oneof(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc
        .array(fc.constantFrom("::", "##[", " ", "\t", "\n", "error", "]", "\u001b[31m", "\u009b", "\u202e"), {
          maxLength: 10,
        })
        .map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(shown, (text) => {
        expect(faultsOfOutput(printable(text))).toEqual([]);
        expect(faultsOfOutput(printableJson({ text }))).toEqual([]);
        expect(JSON.parse(printableJson({ text }))).toEqual({ text });
      }),
      { numRuns: 2_000 },
    );
  });
});
