#!/usr/bin/env node
// Plain JavaScript for any Node: finds a Node that can run the rest, or says which one it needs.
import module, { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const require = createRequire(import.meta.url);
// An `import` of it reads every property, which makes Node load streams, readline and more.
const { existsSync, readFileSync } = require("node:fs");
const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "..", "src", "main.ts");
// Node strips no types under node_modules, and a package holds no sources.
const inCheckout = existsSync(source) && !here.includes(`${sep}node_modules${sep}`);
const entry = inCheckout ? source : join(here, "..", "dist", "main.js");
// A package: `engines` of its package.json. What lies here is for the Node that the checkout pins.
const needed = inCheckout ? "24.0" : "22.18";
const completion = inCheckout ? null : packedCompletion(process.argv.slice(2));

if (completion !== null) {
  process.stdout.on("error", sayNotWritten);
  process.stdout.write(completion);
} else if (isNewEnough()) {
  module.enableCompileCache?.();
  await import(pathToFileURL(entry).href);
} else {
  const pinned = pinnedNode();
  if (pinned) runOn(pinned);
  else sayTooOld();
}

function isNewEnough() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  const [leastMajor, leastMinor] = needed.split(".").map(Number);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

/** What `promote completion <shell>` prints, from the package: a shell asks for it each time that it starts; null: another call. */
function packedCompletion([verb, shell, ...more]) {
  if (verb !== "completion" || more.length > 0 || !["bash", "zsh", "fish"].includes(shell)) return null;
  try {
    return readFileSync(join(here, "..", "dist", "completion", shell));
  } catch {
    return null;
  }
}

/** A reader that has seen enough is no failure. */
function sayNotWritten(error) {
  if (error.code === "EPIPE") return;
  process.stderr.write(`Usage: the output could not be written (${error.code}).\n`);
  process.exitCode = 2;
}

/** The `node` package that the checkout pins; null: it is not installed. */
function pinnedNode() {
  if (process.env.SLIPWAY_LAUNCHED) return null;
  try {
    const folder = dirname(createRequire(join(here, "..", "..", "package.json")).resolve("node/package.json"));
    const path = join(folder, "bin", process.platform === "win32" ? "node.exe" : "node");
    return existsSync(path) ? path : null;
  } catch {
    return null;
  }
}

/** The channel tells the other process when this one is gone, so that a kill of the launcher is a kill of the run. */
function runOn(node) {
  const { spawn } = require("node:child_process");
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: { ...process.env, SLIPWAY_LAUNCHED: "1" },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", sayTooOld);
  child.on("exit", (code, signal) => {
    if (signal) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    } else process.exitCode = code ?? 1;
  });
}

function sayTooOld() {
  const message = `promote needs Node ${needed.replace(/\.0$/, "")} or newer; this is ${process.version}. Nothing was changed.`;
  const next = inCheckout ? ["npm ci"] : [];
  process.exitCode = 2;
  if (process.argv.includes("--json") || process.argv.includes("--events")) {
    const document = { kind: "error", version: 1, code: "node-too-old", exit: 2, message, where: null, next };
    process.stdout.write(`${JSON.stringify(document)}\n`);
  } else process.stderr.write(`Usage: ${message}\n${next.map((command) => `Next   ${command}\n`).join("")}`);
}
