/** What an HTTP server of any language shows of itself in its sources. */
export interface Routes {
  readonly count: number;
  /** Patterns for `paths`, without those of health. */
  readonly patterns: readonly string[];
  readonly health: string | null;
  readonly hasVersion: boolean;
}

const declarations = [
  // Express, Koa, Fastify, Hono, FastAPI, Flask, gin, echo: app.get("/x", …), @app.route("/x")
  /\.(?:get|post|put|patch|delete|all|use|route|GET|POST|PUT|PATCH|DELETE|register)\(\s*["'`](\/[^"'`\s]*)["'`]/g,
  // net/http: HandleFunc("GET /x", …)
  /\bHandle(?:Func)?\(\s*"(?:[A-Z]+ )?(\/[^"\s]*)"/g,
  // Koa's router and FastAPI's: a prefix of its own
  /\bprefix\s*[:=]\s*["'`](\/[^"'`\s]+)["'`]/g,
  // Servers without a framework: url === "/x", self.path.startswith("/x")
  /\b(?:url|path|pathname)\s*={2,3}\s*["'`](\/[^"'`\s]*)["'`]/g,
  /\b(?:url|path|pathname)\.starts_?[wW]ith\(\s*["'`](\/[^"'`\s]*)["'`]/g,
];
/** Mounts have routes below them that other files name without the prefix. */
const mounts = [/\.use\(\s*["'`](\/[^"'`\s]+)["'`]/g, /\bprefix\s*[:=]\s*["'`](\/[^"'`\s]+)["'`]/g];
/** The most telling first: ready says more than alive. */
const healthNames = ["/readyz", "/ready", "/healthz", "/health", "/livez", "/_health", "/status", "/ping", "/up"];

export function findRoutes(sources: readonly string[]): Routes {
  const found = unique(declarations.flatMap((declaration) => matchesOf(declaration, sources)));
  const health = healthNames.find((name) => found.includes(name)) ?? null;
  const mounted = unique(mounts.flatMap((mount) => matchesOf(mount, sources)));
  const trusted = mounted.length > 0 ? [...mounted.map((mount) => `${mount}/`), ...found.filter(isTop)] : found;
  return {
    count: found.length,
    patterns: patternsOf(trusted.filter((route) => !healthNames.includes(route))),
    health,
    hasVersion: found.includes("/version"),
  };
}
/** Beside mounts only these are taken as whole paths. */
const isTop = (route: string): boolean => ["/version", "/metrics", "/graphql"].includes(route);

/** The first segment decides: one page of its own, or a prefix when anything is below it. */
function patternsOf(routes: readonly string[]): readonly string[] {
  const below = new Map<string, boolean>();
  for (const route of routes) {
    const [first = "", ...rest] = route.slice(1).split("/");
    if (!/^[A-Za-z0-9][A-Za-z0-9._~-]*$/.test(first)) continue;
    below.set(first, (below.get(first) ?? false) || rest.length > 0);
  }
  return [...below].map(([first, isPrefix]) => (isPrefix ? `/${first}/*` : `/${first}`));
}

const unique = (values: readonly string[]): readonly string[] => [...new Set(values)];
const matchesOf = (pattern: RegExp, sources: readonly string[]): string[] =>
  sources.flatMap((source) => [...source.matchAll(pattern)].map((match) => match[1] ?? "/"));

const portReads = [
  /process\.env(?:\.|\[["'])([A-Z][A-Z0-9_]*PORT|PORT)\b/,
  /(?:environ(?:\.get\(|\[)|getenv\()\s*["']([A-Z][A-Z0-9_]*PORT|PORT)["']/i,
  /Getenv\("([A-Z][A-Z0-9_]*PORT|PORT)"\)/,
  /\bENV(?:\.fetch\(|\[)["']([A-Z][A-Z0-9_]*PORT|PORT)["']/,
  /\{[^{}]*\b(PORT)\b[^{}]*\}\s*=\s*process\.env/,
  // A schema of the environment: PORT: z.coerce.number(), envalid's port()
  /\b(PORT)\s*:\s*(?:z\.|v\.|port\(|num\(|Type\.)/,
];
/** The variable that a server takes its port from; null when none is read. */
export function findPortVariable(sources: readonly string[]): string | null {
  for (const pattern of portReads) {
    for (const source of sources) {
      const name = pattern.exec(source)?.[1];
      // The database's port is read in the same way.
      if (name && !/^(?:DB|DATABASE|POSTGRES|PG|REDIS|MYSQL|SMTP)/.test(name)) return name;
    }
  }
  return null;
}
