/** The app of the sessions. Its files and dates are fixed, so its commits have the same SHA everywhere. */

const server = (line: string): string => `import { createServer } from "node:http";
${line}
createServer((request, response) => {
  if (request.url === "/readyz") return response.end("ok");
  if (request.url === "/version") return response.end(JSON.stringify({ sha: process.env.SLIPWAY_SHA }));
  response.statusCode = 401;
  response.end("no");
}).listen(Number(process.env.PORT), "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
`;
const worker = `setInterval(() => undefined, 1000);
process.on("SIGTERM", () => process.exit(0));
`;
const spool = `import { existsSync, rmSync } from "node:fs";
import { createServer } from "node:http";
const spool = \`\${process.env.STATE}/spool\`;
`;
const ready = `createServer((request, response) => response.end("ok")).listen(Number(process.env.PORT), "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
`;
const fatal = `console.log('{"level":"fatal","msg":"relation \\\\"settings\\\\" does not exist"}');
process.exit(1);`;
const page = (name: string): Readonly<Record<string, string>> => ({
  "web/index.html": `<!doctype html><title>${name}</title><script type="module" src="/assets/${name}-1a2b3c4d.js"></script>\n`,
  [`web/assets/${name}-1a2b3c4d.js`]: `console.log("${name}");\n`,
});

const api = `  api:
    files: [src/server.mjs]
    run: node src/server.mjs
    port: PORT
    paths: [/api/*, /version]
    health: /readyz
    start_timeout: 20s
    drain_timeout: 2s
    instances: 2
    smoke:
      - GET /version 200 {sha}
      - GET /api/projects 401
`;
const background = `  worker:
    files: [src/worker.mjs]
    run: node src/worker.mjs
    healthy_after: 500ms
`;

/** Healthy once its program says so: one that is only up for a while may not have run yet on a busy machine. */
const reporter = `  worker:
    files: [src/worker.mjs]
    run: node src/worker.mjs
    port: PORT
    paths: [/reports/*]
    health: /readyz
    start_timeout: 20s
    drain_timeout: 2s
`;

const configOf = (services: string): string => `version: 1
app: chronoledger
environments:
  dev: { ancestry: any }
  staging: { soak: 30m }
  prod:
    soak: 24h
    approvals: 1
    freeze:
      - { name: weekend, from: Fri 16:00, until: Mon 08:00, zone: Europe/Berlin }
      - { name: quarter close, from: 2026-11-18 18:00, until: 2026-11-20 12:00, zone: Europe/Berlin }
services:
${services}migrations: { sql: migrations }
web: { folder: web, assets: ["assets/**"], fallback: index.html }
local: { port: 4600 }
`;
const config = configOf(api + background);

export const files: Readonly<Record<string, string>> = {
  "slipway.yaml": config,
  ".gitignore": ".slipway/\n",
  "src/worker.mjs": worker,
};

export interface Commit {
  readonly subject: string;
  readonly date: string;
  /** What it changes. */
  readonly files: Readonly<Record<string, string>>;
}

export const commits = {
  entries: {
    subject: "Page the time-entries list",
    date: "2026-11-16T07:40:00Z",
    files: {
      "src/server.mjs": server("// 1"),
      "migrations/0001_time_entries.sql":
        "create table time_entries (id serial primary key, minutes integer not null);\ninsert into time_entries (minutes) values (0);\n",
      ...page("entries"),
    },
  },
  totals: {
    subject: "Cache project totals",
    date: "2026-11-18T13:05:00Z",
    files: { "src/server.mjs": server("// 2") },
  },
  colour: {
    subject: "Add project colour",
    date: "2026-11-19T08:50:00Z",
    files: {
      "src/server.mjs": server("// 3"),
      "migrations/0002_project_colour.sql": "create table projects (id serial primary key, colour text);\n",
      ...page("colour"),
    },
  },
  limits: {
    subject: "Read limits from the settings table",
    date: "2026-11-19T13:30:00Z",
    files: { "src/server.mjs": server(fatal) },
  },
  minutes: {
    subject: "Entries need minutes",
    date: "2026-11-19T15:10:00Z",
    files: {
      "src/server.mjs": server("// 5"),
      "migrations/0003_minutes_positive.sql":
        "alter table time_entries\n  add constraint minutes_positive check (minutes > 0);\n",
    },
  },
  /** Needs a folder to start that the release after it takes away; rolls its worker first. */
  spool: {
    subject: "Spool reports for the mailer",
    date: "2026-11-19T15:30:00Z",
    files: {
      "slipway.yaml": configOf(reporter + api),
      "src/server.mjs": server("// 6"),
      "src/worker.mjs": `${spool}if (!existsSync(spool)) {
  console.log('{"level":"fatal","msg":"the spool folder is gone"}');
  process.exit(1);
}
${ready}`,
      "migrations/0001_time_entries.sql": "create table time_entries (id serial primary key);\n",
      ...page("reports"),
    },
  },
  mail: {
    subject: "Mail reports at once",
    date: "2026-11-19T15:50:00Z",
    files: {
      "src/server.mjs": server(`import { existsSync } from "node:fs";
if (!existsSync(\`\${process.env.STATE}/settings\`)) {
  console.log('{"level":"fatal","msg":"no settings of the mail server"}');
  process.exit(1);
}`),
      "src/worker.mjs": `${spool}rmSync(spool, { recursive: true, force: true });
${ready}`,
      ...page("mail"),
    },
  },
  /** Its build writes something else each time. */
  stamped: {
    subject: "Show when it was built",
    date: "2026-11-19T16:00:00Z",
    files: {
      "slipway.yaml": config
        .replace("environments:", "build: [node stamp.mjs]\nenvironments:")
        .replace("[src/server.mjs]", "[src/server.mjs, build-info.json]"),
      "stamp.mjs": `import { writeFileSync } from "node:fs";\nwriteFileSync("build-info.json", JSON.stringify({ builtAt: String(process.hrtime.bigint()).padStart(20, "0") }) + "\\n");\n`,
    },
  },
  /** Of another app, which has no slipway.yaml yet. */
  orders: {
    subject: "Keep notes of orders",
    date: "2026-11-09T10:15:00Z",
    files: {
      "package.json": `${JSON.stringify({ name: "orders", type: "module", scripts: { build: "tsc && vite build", test: "vitest run" }, dependencies: { fastify: "5.6.1", knex: "3.1.0" } }, null, 2)}\n`,
      "package-lock.json": `${JSON.stringify({ name: "orders", lockfileVersion: 3, packages: {} })}\n`,
      "src/server.ts": `import { createServer } from "node:http";\ncreateServer((request, response) => {\n  if (request.url === "/healthz") return response.end("ok");\n  if (request.url === "/version") return response.end("{}");\n  response.end("[]");\n}).listen(Number(process.env.PORT));\n`,
      "migrations/20261101090000_orders.ts": "export async function up() {}\nexport async function down() {}\n",
      "migrations/20261109101500_order_notes.ts": "export async function up() {}\nexport async function down() {}\n",
      "web/index.html": "<!doctype html>\n",
      "web/vite.config.ts": 'export default { build: { outDir: "../dist/web" } };\n',
    },
  },
} satisfies Record<string, Commit>;
