import type { ScratchApp } from "../scratch-app.ts";

/**
 * What the app says of each variable `LEAK_<channel>_<form>_TOKEN`: a line `<channel>.<form>=<the secret in that form>`, so that
 * a line whose secret was hidden is still known.
 */
const leaks = `export const formsOf = (value) => ({
  "raw": value,
  "base64": Buffer.from(value).toString("base64"),
  "basic-auth": Buffer.from("user:" + value).toString("base64"),
  "base64url": Buffer.from(value).toString("base64url"),
  "hex": Buffer.from(value).toString("hex"),
  "url": "https://host/?q=" + encodeURIComponent(value),
  "json": JSON.stringify({ value }),
  "reversed": [...value].reverse().join(""),
  "address": "postgres://app:" + encodeURIComponent(value) + "@db.internal:5432/app",
  "path": "/run/secrets/" + value + "/file",
});
export const namesOf = (channel) => Object.keys(process.env)
  .map((name) => new RegExp("^LEAK_" + channel + "_(.*)_TOKEN$").exec(name))
  .filter(Boolean);
const spell = (name) => name.toLowerCase().replaceAll("_", "-");
export const linesOf = (channel) => namesOf(channel)
  .map(([name, form]) => [spell(form), process.env[name]])
  .filter(([form]) => !form.startsWith("two-"))
  .map(([form, value]) => channel + "." + form + "=" + formsOf(value)[form]);
export async function sayAll(channel, stream = process.stdout) {
  for (const line of linesOf(channel)) stream.write(line + "\\n");
  for (const [name, form] of namesOf(channel)) {
    const value = process.env[name];
    if (spell(form) === "two-lines") stream.write(channel + ".two-lines=" + value.slice(0, 20) + "\\n" + value.slice(20) + "\\n");
    if (spell(form) !== "two-writes") continue;
    stream.write(channel + ".two-writes=" + value.slice(0, 17));
    await new Promise((resolve) => setTimeout(resolve, 60));
    stream.write(value.slice(17) + "\\n");
  }
  for (const [name, value] of Object.entries(process.env))
    if (name === "PEM_" + channel) stream.write(channel + ".pem=\\n" + value + "\\n");
}
`;

/**
 * Says everything, keeps what it was given beside the pages, and fails where the commit asks for it. Variables in which a
 * build is given secrets on purpose, as those of a package registry are, are left out: they are for it to know.
 */
const build = `import { mkdirSync, writeFileSync } from "node:fs";
import { sayAll } from "./leaks.mjs";
const others = Object.entries(process.env).filter(([name]) => !/^(LEAK_|PEM_|GIVEN_)/.test(name));
mkdirSync("public", { recursive: true });
writeFileSync("public/given.txt", others.map((entry) => entry.join("=")).sort().join("\\n") + "\\n");
await sayAll("build");
if (FAILS) { await sayAll("failed", process.stderr); process.exit(3); }
`;

const server = `import { createServer } from "node:http";
import { linesOf, sayAll } from "./leaks.mjs";
await sayAll("service");
if (MODE === "stack") {
  await sayAll("start", process.stderr);
  throw new Error("stack: cannot connect to " + linesOf("stack").join(" and "), { cause: new Error(linesOf("cause").join(" and ")) });
}
createServer((request, response) => {
  if (request.url === "/healthz") return response.end("ok");
  if (request.url === "/version") return response.end(process.env.SLIPWAY_SHA);
  response.statusCode = 404;
  response.end("no");
}).listen(Number(process.env.PORT), "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
`;

const config = (port: number): string => `version: 1
app: leaky
environments: { dev: {}, staging: {} }
build:
  - node src/build.mjs
services:
  api:
    files: [src]
    run: node src/server.mjs
    port: PORT
    paths: [/api/*, /version, /healthz]
    health: /healthz
    start_timeout: 5s
    drain_timeout: 1s
    smoke:
      - GET /version 200 {sha}
migrations: { sql: migrations }
web: { folder: public, assets: ["assets/**"], fallback: index.html }
local: { port: ${port}, env_file: .env.local }
`;

type Mode = "well" | "stack";

/** Writes the app as it is at one commit; answers nothing until it is committed. */
export function writeLeakingApp(app: ScratchApp, mode: Mode, buildFails = false): void {
  app.write("slipway.yaml", config(app.port));
  app.write(".gitignore", ".slipway/\n.env.local\n");
  app.write("src/leaks.mjs", leaks);
  app.write("src/build.mjs", build.replace("FAILS", String(buildFails)));
  app.write("src/server.mjs", server.replace("MODE", JSON.stringify(mode)));
}

/** A migration that says a secret which the repository holds in crumbs only. */
export const leakingMigration = (line: string): string => {
  const crumbs = line.match(/[\s\S]{1,6}/g) ?? [];
  const text = crumbs.map((crumb) => `'${crumb.replaceAll("'", "''")}'`).join(" || ");
  return `do $leak$ begin raise exception '%', ${text}; end $leak$;\n`;
};
