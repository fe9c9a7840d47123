import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../../src/local/platform/free-port.ts";
import { Router } from "../../src/local/platform/router.ts";
import { serveWeb } from "../../src/local/platform/serve-web.ts";
import { WebPool } from "../../src/local/platform/web-pool.ts";
import { prepareSite } from "../../src/local/platform/web-site.ts";
import { canonicalJson, sha256 } from "../../src/release/canonical-json.ts";
import { blobKey } from "../../src/release/store-keys.ts";
import { instantOf, shas } from "../builders.ts";
import { MemoryObjectStore } from "../memory-store.ts";
import { ask } from "../request-stream.ts";
import { countCases } from "./count-cases.ts";
import { bytesOf, type HostileCase, readCases, stackLine, type Told } from "./hostile-case.ts";

countCases("hostile-requests", "hostile requests on the wire");

interface HostileRequest extends HostileCase {
  /** As it goes over the wire; `code` is the status of the answer. */
  readonly request: Told;
}

const secret = "outside of every root";
const page = "<!doctype html><title>a page</title>";
const folder = mkdtempSync(join(tmpdir(), "slipway-requests-"));
let router: Router;
let port = 0;

beforeAll(async () => {
  writeFileSync(join(folder, "secret.txt"), secret);
  writeFileSync(join(folder, "state.json"), secret);
  const store = new MemoryObjectStore(() => instantOf("2026-11-19T12:00"));
  const file = { path: "index.html", sha256: sha256(page), bytes: page.length, role: "entry" };
  const list = canonicalJson({ version: 1, fallback: null, files: [file] });
  store.plant(blobKey(sha256(page)), page);
  store.plant(blobKey(sha256(list)), list);
  const pool = await WebPool.open(join(folder, "web"), store);
  const site = await prepareSite({ sha: shas.new, digest: sha256(list) }, pool, store);
  router = new Router(
    {
      routes: () => [{ pattern: "/api/*", to: "api" }],
      instances: () => [],
      serveWeb: (incoming, answer, path) => serveWeb(incoming, answer, path, site, pool),
    },
    { headersTimeout: 1_000, requestTimeout: 1_000, connectionsCheckingInterval: 100 },
  );
  port = await freePort();
  await router.listen(port);
});
afterAll(async () => {
  await router.close();
  rmSync(folder, { recursive: true, force: true });
});

/** All that comes back until the other side has no more to say. */
function answerTo(request: Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let answer = "";
    const end = (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setEncoding("latin1").on("data", (part: string) => {
      answer += part;
    });
    socket.once("error", end).once("close", end).setTimeout(400, end);
    socket.write(request);
  });
}

const wellAnswered = async () => (await ask(`http://127.0.0.1:${port}/`)).body;

test("serves the page to whoever asks as a browser does", async () => {
  expect(await wellAnswered()).toBe(page);
});

test.for(readCases<HostileRequest>(new URL("cases/requests.json", import.meta.url)))(
  "a request with $name is answered $code, and tells nothing",
  async ({ request, code }) => {
    const answer = await answerTo(bytesOf(request));
    const statuses = [...answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => status);
    expect(statuses).toEqual(code === "closed" ? [] : [code]);
    expect(answer).not.toContain(secret);
    expect(answer).not.toContain(page);
    expect(answer).not.toContain(folder);
    expect(answer).not.toMatch(stackLine);
    expect(await wellAnswered()).toBe(page);
  },
);
