/** What a registry asks for: `Bearer realm="…",service="…"`. */
export interface Challenge {
  /** In small letters. */
  readonly scheme: string;
  /** By name, in small letters. */
  readonly fields: ReadonlyMap<string, string>;
}

/** Every challenge of a WWW-Authenticate header (https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1). */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: { scheme: string; fields: Map<string, string> }[] = [];
  const parts =
    /(?:^|[\s,])([A-Za-z][\w-]*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))|(?:^|[\s,])([A-Za-z][\w-]*)(?=[\s,]|$)/g;
  for (const [, name, quoted, token, scheme] of header.matchAll(parts)) {
    if (scheme !== undefined) challenges.push({ scheme: scheme.toLowerCase(), fields: new Map() });
    else challenges.at(-1)?.fields.set((name ?? "").toLowerCase(), quoted?.replaceAll(/\\(.)/g, "$1") ?? token ?? "");
  }
  return challenges;
}
