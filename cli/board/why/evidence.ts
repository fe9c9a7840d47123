/** What a rule saw: lines for people, and the fields that they were made of. */
export interface Evidence {
  readonly lines: readonly string[];
  readonly facts: readonly { readonly name: string; readonly value: string }[];
}

export function evidenceOf(evidence: Readonly<Record<string, unknown>>): Evidence {
  const { lines, ...fields } = evidence;
  return {
    lines: Array.isArray(lines) ? lines.map(spell) : [],
    facts: Object.entries(fields)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => ({ name, value: spell(value) })),
  };
}

function spell(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((one) => typeof one !== "object")) return value.join(", ");
  return JSON.stringify(value);
}
