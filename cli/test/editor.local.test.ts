import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node.js";

/*
 * The schema of slipway.yaml as an editor uses it: the YAML language server of VS Code, Neovim and others, told of the schema by the first line of the file alone.
 */

const require = createRequire(import.meta.url);
const server = join(require.resolve("yaml-language-server/package.json"), "../bin/yaml-language-server");
const root = join(import.meta.dirname, "../..");
const schema = pathToFileURL(join(root, "cli/schema/slipway.json")).href;
const modeline = `# yaml-language-server: $schema=${schema}\n`;
const whole = readFileSync(join(root, "docs/reference/slipway.yaml"), "utf8");

interface Position {
  readonly line: number;
  readonly character: number;
}
interface Diagnostic {
  readonly message: string;
  readonly range: { readonly start: Position };
}
let editor: MessageConnection;
let opened = 0;
const diagnosed = new Map<string, (found: readonly Diagnostic[]) => void>();
const child = spawn(process.execPath, [server, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });

beforeAll(async () => {
  editor = createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  editor.onNotification("textDocument/publishDiagnostics", ({ uri, diagnostics }) => diagnosed.get(uri)?.(diagnostics));
  const settings = { validate: true, hover: true, completion: true, schemaStore: { enable: false } };
  editor.onRequest("workspace/configuration", ({ items }: { readonly items: readonly { section?: string }[] }) =>
    items.map(({ section }) => (section === "yaml" ? settings : {})),
  );
  editor.onRequest("client/registerCapability", () => null);
  editor.listen();
  const workspace = { configuration: true, didChangeConfiguration: { dynamicRegistration: true } };
  const textDocument = { hover: {}, completion: { completionItem: { snippetSupport: false } } };
  await editor.sendRequest("initialize", {
    processId: process.pid,
    rootUri: null,
    capabilities: { workspace, textDocument },
  });
  await editor.sendNotification("initialized", {});
});
afterAll(() => {
  editor.dispose();
  child.kill();
});

test("the annotated file has no complaint", async () => {
  expect((await open(modeline + whole)).diagnostics).toEqual([]);
});

test("an unknown key, a number without a unit and a value outside the list are underlined where they stand", async () => {
  const { diagnostics } = await open(`${modeline}version: 1
app: orders
environments:
  prod: { soak: 24 }
service: {}
services:
  api: { files: [a], run: node a.js, port: PORT, helth: /healthz }
web: { folder: web, switch: pointers }
`);
  const at = (line: number) =>
    diagnostics.filter(({ range }) => range.start.line === line).map(({ message }) => message);
  expect(at(4).join()).toMatch(/string|unit/i);
  expect(at(5).join()).toContain("service");
  expect(at(7).join()).toContain("helth");
  expect(at(8).join()).toMatch(/pointer.*sync/);
});

test("a key is explained where the pointer rests on it", async () => {
  const { uri } = await open(`${modeline}version: 1\napp: orders\nenvironments:\n  prod: { soak: 24h }\n`);
  const hover = await editor.sendRequest("textDocument/hover", {
    textDocument: { uri },
    position: { line: 4, character: 12 },
  });
  expect(JSON.stringify(hover)).toMatch(/environment below/);
});

test("keys that may stand here are offered, and values of a list", async () => {
  const { uri } = await open(`${modeline}version: 1\napp: orders\nweb:\n  folder: web\n  switch: \n  \n`);
  const keys = await offered(uri, { line: 6, character: 2 });
  expect(keys).toEqual(expect.arrayContaining(["assets", "fallback"]));
  expect(keys).not.toContain("folder");
  expect(await offered(uri, { line: 5, character: 10 })).toEqual(expect.arrayContaining(["pointer", "sync"]));
});

/** As an editor opens a file; answers what is underlined. */
async function open(text: string): Promise<{ readonly uri: string; readonly diagnostics: readonly Diagnostic[] }> {
  opened += 1;
  const uri = pathToFileURL(join(root, `slipway-${opened}.yaml`)).href;
  const told = new Promise<readonly Diagnostic[]>((resolve) => diagnosed.set(uri, resolve));
  await editor.sendNotification("textDocument/didOpen", {
    textDocument: { uri, languageId: "yaml", version: 1, text },
  });
  return { uri, diagnostics: await told };
}

async function offered(uri: string, position: Position): Promise<readonly string[]> {
  const answer = await editor.sendRequest<{ readonly items: readonly { readonly label: string }[] }>(
    "textDocument/completion",
    { textDocument: { uri }, position },
  );
  return answer.items.map(({ label }) => label);
}
