import { expect, test } from "vitest";
import { decadesAround, placeOn, plotCurves } from "./plot.ts";

test("a scale is whole decades, and a value between two lies where its logarithm does", () => {
  expect(decadesAround([3, 40, 0])).toEqual({ low: 0, high: 2 });
  expect(decadesAround([100])).toEqual({ low: 2, high: 3 });
  expect(placeOn({ low: 0, high: 2 }, 10)).toBe(0.5);
  expect(placeOn({ low: 0, high: 2 }, 0)).toBe(0);
});

test("what is linear is drawn parallel to the dotted line, and names are escaped", () => {
  const points = [10, 100, 1_000].map((size) => ({ size, value: size, clock: null, calls: null }));
  const svg = plotCurves([{ axis: "releases", name: "a < b", unit: "ms", points }], "growth");
  expect(svg).toContain('d="M0 240L150 120L300 0"');
  expect(svg).toContain('<line class="linear" x1="0" y1="240" x2="300" y2="0"/>');
  expect(svg).toContain("a &lt; b");
  expect(svg).not.toContain("a < b");
});
