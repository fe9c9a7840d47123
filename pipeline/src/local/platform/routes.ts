/** A path pattern of a service: a literal path, or a prefix that ends in `/*`. */
export interface Route<T> {
  readonly pattern: string;
  readonly to: T;
}

const isPrefix = (pattern: string): boolean => pattern.endsWith("/*");
const literalLength = (pattern: string): number => (isPrefix(pattern) ? pattern.length - 1 : pattern.length);

/** `/api/*` matches what begins with `/api/`, and not `/api`: as load balancers and delivery networks read it. */
const matchesPattern = (pattern: string, path: string): boolean =>
  isPrefix(pattern) ? path.startsWith(pattern.slice(0, -1)) : path === pattern;

/** The longest match wins; a literal before a prefix of the same length. Null: no service, so the path is the web's. */
export function routeOf<T>(routes: readonly Route<T>[], path: string): T | null {
  const best = routes
    .filter(({ pattern }) => matchesPattern(pattern, path))
    .reduce<Route<T> | null>((chosen, route) => (chosen === null || isStronger(route, chosen) ? route : chosen), null);
  return best?.to ?? null;
}

function isStronger(a: Route<unknown>, b: Route<unknown>): boolean {
  const difference = literalLength(a.pattern) - literalLength(b.pattern);
  return difference === 0 ? !isPrefix(a.pattern) && isPrefix(b.pattern) : difference > 0;
}
