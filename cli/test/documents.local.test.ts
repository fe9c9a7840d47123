import { afterAll, beforeAll, expect, test } from "vitest";
import { documentSchemas } from "../src/documents/schemas/all.ts";
import { fakeShell } from "./fake-shell.ts";
import { front } from "./front.ts";
import { ScratchApp } from "./scratch-app.ts";

const worker = `setInterval(() => undefined, 1000);
process.on("SIGTERM", () => process.exit(0));
`;
let app: ScratchApp;
beforeAll(async () => {
  app = await ScratchApp.create();
}, 60_000);
afterAll(() => app.remove(), 60_000);

/** What each call printed, line by line; `front` holds it against the schemas. */
async function printed(
  ...argv: readonly string[]
): Promise<readonly { readonly kind?: string; readonly type?: string }[]> {
  const { PATH, HOME, LANG } = process.env;
  const shell = fakeShell({ folder: app.root, variables: { PATH, HOME, LANG } });
  await front(argv, shell);
  return shell
    .out()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { kind?: string; type?: string });
}

test("every kind of document and the usual events are printed by some call, each as its schema says", async () => {
  app.write("src/worker.mjs", `console.log("works");\n${worker}`);
  const sha = app.commit("First");
  const calls: readonly (readonly string[])[] = [
    ["--events", "build"],
    ["--json", "build"],
    ["--json", "build", "--out", ".slipway/out"],
    ["--json", "init", "--print"],
    ["--events", "--sha", sha, "--env", "dev"],
    ["--json", "--sha", sha, "--env", "dev"],
    ["--json", "--sha", sha, "--env", "prod"],
    ["--json", "status"],
    ["--json", "status", "--releases"],
    ["--json", "plan", "--sha", sha, "--env", "staging"],
    ["--json", "plan", "--env", "dev", "--rollback"],
    ["--json", "explain", "--sha", sha, "--env", "prod"],
    ["--json", "approve", "--sha", sha, "--env", "prod", "--revoke"],
    ["--json", "diff", "dev", "staging"],
    ["--json", "doctor"],
    ["--json", "history"],
    ["--json", "history", "--verify"],
    ["--json", "history", "--env", "dev", "--log", "run-migrations"],
    ["--json", "verify", "--sha", sha],
    ["--json", "verify", "--env", "dev"],
    ["--json", "verify", "--env", "prod"],
    ["--json", "hold", "--env", "staging", "--reason", "a test"],
    ["--json", "quarantine", "--sha", sha, "--reason", "a test"],
    ["--json", "lock", "--env", "dev"],
    ["--json", "lock", "break", "--env", "staging", "--reason", "a test"],
    ["--json", "lock", "run", "--env", "staging", "--", process.execPath, "-e", "0"],
    ["--json", "local", "start"],
    ["--json", "local", "status"],
    ["--json", "local", "logs"],
    ["--events", "local", "logs"],
    ["--json", "local", "stop", "--purge"],
    ["--json", "completion", "bash"],
    ["--json", "help"],
    ["--json", "help", "soak"],
    ["--json", "status", "--help"],
    ["--json", "--version"],
    ["--json", "stauts"],
  ];
  const lines: Awaited<ReturnType<typeof printed>>[] = [];
  for (const argv of calls) lines.push(await printed(...argv));
  const kinds = new Set(lines.flat().flatMap(({ kind }) => kind ?? []));
  // The board goes on until it is stopped: its own tests ask for its address.
  expect([...kinds].toSorted()).toEqual(Object.keys(documentSchemas).filter((kind) => kind !== "board-address"));
  const usual = ["run:start", "step:start", "step:end", "build:start", "build:phase", "local:log"];
  expect(lines.flat().flatMap(({ type }) => type ?? [])).toEqual(expect.arrayContaining(usual));
}, 240_000);
