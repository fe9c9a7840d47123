import type { Examination, Finding } from "@slipway/pipeline";
import { cutTo, printable } from "../terminal/escape.ts";

const mostNamed = 5;
/** Of one of several: each has a line of its own above. */
const columnsEach = 60;

/** What is wrong, and what could not be told, all of it named in one sentence. Null: nothing. */
export function conclusionOf(
  examinations: readonly Examination[],
  nameOf: (environment: string) => string,
): { readonly verdict: string; readonly text: string } | null {
  const told = examinations.flatMap(({ environment, findings }) =>
    findings.map((finding) => ({ finding, where: environment === null ? "" : `${nameOf(environment)} ` })),
  );
  const of = (verdict: Finding["verdict"]) => told.filter(({ finding }) => finding.verdict === verdict);
  const [bad, open] = [of("no"), of("unknown")];
  const all = [...bad, ...open];
  if (all.length === 0) return null;
  const counts = [
    ...(bad.length > 0 ? [`${bad.length} NO`] : []),
    ...(open.length > 0 ? [`${open.length} could not tell`] : []),
  ];
  const named = all.slice(0, mostNamed).map(({ finding, where }) => {
    const text = printable(finding.text);
    return `${where}${finding.about}: ${all.length === 1 ? text : cutTo(text, columnsEach)}`;
  });
  const more = all.length > mostNamed ? [`and ${all.length - mostNamed} more`] : [];
  return { verdict: counts.join(", "), text: [...named, ...more].join("; ") };
}
