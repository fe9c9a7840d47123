import type { Place } from "./secret-matcher.ts";

/** The text with three stars at each place. Places that overlap go together, so that nothing of one stays because of another. */
export function takeOut(text: string, places: readonly Place[]): string {
  let clean = "";
  let shown = 0;
  for (const [from, to] of merged(places)) {
    clean += `${text.slice(shown, from)}***`;
    shown = to;
  }
  return clean + text.slice(shown);
}

function merged(places: readonly Place[]): readonly Place[] {
  const disjoint: [number, number][] = [];
  for (const [from, to] of places.toSorted((a, b) => a[0] - b[0])) {
    const last = disjoint.at(-1);
    if (last && from < last[1]) last[1] = Math.max(last[1], to);
    else disjoint.push([from, to]);
  }
  return disjoint;
}
