import type { Curve } from "./growth.ts";

const panel = { width: 300, height: 240, left: 58, top: 34, gap: 24 } as const;
const legendRow = 16;
const legendColumns = 3;
/** Told apart also by people who see few colours: each is dashed in its own way too. */
const colours = ["#4477aa", "#ee6677", "#228833", "#aa8800", "#66ccee", "#aa3377", "#888888"] as const;
const dashes = ["", "6 3", "2 3"] as const;

interface Scale {
  readonly low: number;
  readonly high: number;
}

/** Whole decades around the values, at least one. */
export function decadesAround(values: readonly number[]): Scale {
  const positive = values.filter((value) => value > 0);
  const low = Math.floor(Math.log10(Math.min(...positive)));
  return { low, high: Math.max(low + 1, Math.ceil(Math.log10(Math.max(...positive)))) };
}

/** Where a value lies on a logarithmic scale: 0 at its low end, 1 at its high end; what is below it lies at 0. */
export const placeOn = ({ low, high }: Scale, value: number): number =>
  Math.max(0, (Math.log10(Math.max(value, Number.MIN_VALUE)) - low) / (high - low));

/** What never takes longer would only cross the other lines. */
const drawnMilliseconds = 20;

/** Processor time above, memory below, one column an axis; both scales logarithmic, and a dotted line that is linear. */
export function plotCurves(all: readonly Curve[], about: string): string {
  const isDrawn = ({ unit, points }: Curve) => unit === "MB" || points.some(({ value }) => value >= drawnMilliseconds);
  const drawn = new Set(all.filter(isDrawn).map(({ name }) => name));
  const curves = all.filter(({ name }) => drawn.has(name));
  const axes = [...new Set(curves.map(({ axis }) => axis))];
  const units = ["ms", "MB"] as const;
  const names = [...new Set(curves.map(({ name }) => name))];
  const width = axes.length * (panel.left + panel.width + panel.gap);
  const legendTop = units.length * (panel.height + panel.top + 40);
  const height = legendTop + Math.ceil(names.length / legendColumns) * legendRow + 16;
  const panels = units.flatMap((unit, row) => {
    const ofUnit = curves.filter((curve) => curve.unit === unit);
    if (ofUnit.length === 0) return [];
    const scale = decadesAround(ofUnit.flatMap(({ points }) => points.map(({ value }) => value)));
    return axes.map((axis, column) => {
      const own = ofUnit.filter((curve) => curve.axis === axis);
      const [x, y] = [
        panel.left + column * (panel.left + panel.width + panel.gap),
        panel.top + row * (panel.height + panel.top + 40),
      ];
      return `<g transform="translate(${x} ${y})">${panelOf(own, axis, unit, scale, names)}</g>`;
    });
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(about)}">
<title>${escapeXml(about)}</title>
<style>
  text { font: 11px system-ui, sans-serif; fill: #333 } .title { font-weight: 600 } .frame { fill: none; stroke: #999 }
  .grid { stroke: #ccc; stroke-width: .5 } .linear { stroke: #777; stroke-dasharray: 1 4 } .curve { fill: none; stroke-width: 1.8 }
  @media (prefers-color-scheme: dark) { text { fill: #ddd } .frame { stroke: #777 } .grid { stroke: #444 } .linear { stroke: #999 } }
</style>
${panels.join("\n")}
<g transform="translate(${panel.left} ${legendTop})">${legendOf(names, width)}</g>
</svg>
`;
}

function panelOf(curves: readonly Curve[], axis: string, unit: string, scale: Scale, names: readonly string[]): string {
  const sizes = [...new Set(curves.flatMap(({ points }) => points.map(({ size }) => size)))];
  if (sizes.length === 0) return "";
  const across = { low: Math.log10(Math.min(...sizes)), high: Math.log10(Math.max(...sizes)) };
  const xOf = (size: number) => round(placeOn(across, size) * panel.width);
  const yOf = (value: number) => round((1 - placeOn(scale, value)) * panel.height);
  const rules = Array.from({ length: scale.high - scale.low + 1 }, (_, at) => 10 ** (scale.low + at)).map(
    (value) =>
      `<line class="grid" x2="${panel.width}" y1="${yOf(value)}" y2="${yOf(value)}"/>` +
      `<text x="-5" y="${yOf(value) + 4}" text-anchor="end">${value.toLocaleString("en-GB")}</text>`,
  );
  const ticks = sizes.map(
    (size) =>
      `<line class="grid" x1="${xOf(size)}" x2="${xOf(size)}" y2="${panel.height}"/>` +
      `<text x="${xOf(size)}" y="${panel.height + 15}" text-anchor="middle">${size.toLocaleString("en-GB")}</text>`,
  );
  // From the lower left corner, until it leaves at the right or at the top.
  const reach = Math.min(scale.high - scale.low, across.high - across.low);
  const linear = `<line class="linear" x1="0" y1="${panel.height}" x2="${xOf(10 ** (across.low + reach))}" y2="${yOf(10 ** (scale.low + reach))}"/>`;
  const lines = curves.map(({ name, points }) => {
    const path = points.map(({ size, value }, at) => `${at === 0 ? "M" : "L"}${xOf(size)} ${yOf(value)}`).join("");
    return `<path class="curve" d="${path}"${strokeOf(names.indexOf(name))}><title>${escapeXml(name)}</title></path>`;
  });
  const title = `${unit === "ms" ? "processor time, ms" : "peak memory, MB"}, by ${axis} (dots: linear)`;
  return [
    `<text class="title" y="-10">${escapeXml(title)}</text>`,
    `<rect class="frame" width="${panel.width}" height="${panel.height}"/>`,
    ...rules,
    ...ticks,
    linear,
    ...lines,
  ].join("");
}

function legendOf(names: readonly string[], width: number): string {
  const column = (width - panel.left) / legendColumns;
  return names
    .map((name, at) => {
      const [x, y] = [(at % legendColumns) * column, Math.floor(at / legendColumns) * legendRow];
      return `<g transform="translate(${round(x)} ${y})"><line class="curve" x2="24"${strokeOf(at)}/><text x="30" y="4">${escapeXml(name)}</text></g>`;
    })
    .join("");
}

function strokeOf(at: number): string {
  const dash = dashes[Math.floor(at / colours.length) % dashes.length];
  return ` stroke="${colours[at % colours.length]}"${dash ? ` stroke-dasharray="${dash}"` : ""}`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
const escapeXml = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");
