import { unlink } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { serviceOf } from "../../../test/builders.ts";
import { permitOf, usePlatform } from "../../../test/platform-fixture.ts";
import { ask, RequestStream } from "../../../test/request-stream.ts";
import { tinyService, tinyShape } from "../../../test/tiny-service.ts";
import { until } from "../../../test/until.ts";
import type { Permit } from "../../ports.ts";
import { proves } from "../../promotion/judge-rollout.ts";
import { blobKey } from "../../release/store-keys.ts";

const platform = usePlatform();
const page = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
let epoch = 0;

async function goLive(
  digits: string,
  files: Parameters<typeof platform.web>[1],
  fallback: string | null = "index.html",
): Promise<Permit> {
  const { web } = await platform.ports();
  const stored = await platform.web(digits, files, fallback);
  epoch += 1;
  await web.addAssets(
    stored.files.filter(({ role }) => role === "asset"),
    permitOf(epoch),
  );
  expect(await web.switchTo(stored.revision, permitOf(epoch))).toBe("switched");
  return permitOf(epoch);
}
const site = (name: string) => ({
  "index.html": { role: "entry" as const, text: `<script src="/assets/app-${name}.js"></script>` },
  "docs/index.html": { role: "entry" as const, text: `docs of ${name}` },
  "robots.txt": { role: "entry" as const, text: `# ${name}` },
  [`assets/app-${name}.js`]: { role: "asset" as const, text: `console.log("${name}")` },
});

test("says that nothing is live before the first switch", async () => {
  expect(await ask(`${platform.url}/`, { headers: page })).toMatchObject({
    status: 404,
    body: "nothing is live here yet\n",
  });
});

test("serves entries that are asked for again each time, and assets that are kept for ever", async () => {
  await goLive("a1", site("one"));
  const entry = await ask(`${platform.url}/`);
  expect(entry).toMatchObject({
    status: 200,
    body: site("one")["index.html"].text,
    headers: {
      "cache-control": "no-cache",
      "content-type": "text/html; charset=utf-8",
      "x-content-type-options": "nosniff",
    },
  });
  const asset = await ask(`${platform.url}/assets/app-one.js`);
  expect(asset.body).toBe('console.log("one")');
  expect(asset.headers["cache-control"]).toBe("public,max-age=31536000,immutable");
  expect(asset.headers["content-type"]).toBe("text/javascript; charset=utf-8");
  const etag = String(entry.headers.etag);
  expect(await ask(`${platform.url}/index.html`, { headers: { "if-none-match": etag } })).toMatchObject({
    status: 304,
    body: "",
  });
  expect(await ask(`${platform.url}/docs/`)).toMatchObject({ status: 200, body: "docs of one" });
  expect(await ask(`${platform.url}/index.html`, { method: "HEAD" })).toMatchObject({ status: 200, body: "" });
});

test.for([
  { name: "a page of the app's own router", path: "/projects/7", headers: page, status: 200 },
  { name: "a page whose name has a dot", path: "/people/jane.doe", headers: page, status: 200 },
  { name: "a missing script", path: "/assets/app-gone.js", headers: page, status: 404 },
  { name: "a missing image", path: "/logo.png", headers: { accept: "image/*" }, status: 404 },
  { name: "a missing page asked by a script", path: "/projects/7", headers: { accept: "*/*" }, status: 404 },
  {
    name: "a script's request of the browser's",
    path: "/x",
    headers: { ...page, "sec-fetch-dest": "script" },
    status: 404,
  },
])("answers $status to $name", async ({ path, headers, status }) => {
  await goLive("a1", site("one"));
  const answer = await ask(`${platform.url}${path}`, { headers });
  expect(answer.status).toBe(status);
  expect(answer.body === site("one")["index.html"].text).toBe(status === 200);
});

test("never answers a page navigation without a fallback", async () => {
  await goLive("a3", site("one"), null);
  expect((await ask(`${platform.url}/projects/7`, { headers: page })).status).toBe(404);
});

test("resolves the assets of a page from before the switch, also when the store has lost them", async () => {
  await goLive("b1", site("old"));
  const before = await ask(`${platform.url}/`);
  await goLive("b2", site("new"));
  const { files } = await platform.web("b1", site("old"));
  for (const { sha256 } of files) {
    const stored = await platform.store.get(blobKey(sha256));
    if (stored) await platform.store.deleteIfMatch(blobKey(sha256), stored.write);
  }
  const script = /src="([^"]+)"/.exec(before.body)?.[1];
  expect(await ask(`${platform.url}${script}`)).toMatchObject({ status: 200, body: 'console.log("old")' });
  expect((await ask(`${platform.url}/robots.txt`)).body).toBe("# new");
});

test("answers every request with one release or the other while the pages switch", async () => {
  await goLive("c1", site("one"));
  const stream = new RequestStream(`${platform.url}/robots.txt`);
  for (const name of ["two", "one", "two", "one", "two"]) await goLive(name === "one" ? "c1" : "c2", site(name));
  const report = await stream.end();
  expect(report.failed).toEqual([]);
  expect(["# one", "# two"]).toEqual(expect.arrayContaining([...report.bodies]));
});

test("never switches to pages whose assets it lacks", async () => {
  await goLive("d1", site("one"));
  const { web } = await platform.ports();
  const stored = await platform.web("d2", site("absent"));
  await expect(web.switchTo(stored.revision, permitOf(epoch))).rejects.toMatchObject({ effect: "none" });
  expect((await ask(`${platform.url}/robots.txt`)).body).toBe("# one");
});

test("serves the same pages after a restart, without the store", async () => {
  await goLive("e1", site("kept"));
  const { files, revision } = await platform.web("e1", site("kept"), "index.html");
  await platform.stop();
  for (const { sha256 } of [...files, { sha256: revision.digest }]) {
    const stored = await platform.store.get(blobKey(sha256));
    if (stored) await platform.store.deleteIfMatch(blobKey(sha256), stored.write);
  }
  await platform.start();
  expect(await (await platform.ports()).web.readLive()).toMatchObject({ web: revision, epoch });
  expect((await ask(`${platform.url}/robots.txt`)).body).toBe("# kept");
});

test("never serves bytes of a blob that was changed in the store", async () => {
  await goLive("f1", site("one"));
  const { web } = await platform.ports();
  const { files } = await platform.web("f2", site("forged"));
  const asset = files.find(({ role }) => role === "asset");
  if (!asset) throw new Error("the site has an asset");
  const stored = await platform.store.get(blobKey(asset.sha256));
  await platform.store.putIfMatch(blobKey(asset.sha256), Buffer.from("forged"), stored?.etag ?? "");
  await expect(web.addAssets([asset], permitOf(epoch))).rejects.toThrow("other bytes");
  expect((await ask(`${platform.url}/${asset.path}`)).status).toBe(404);
});

/** Bytes as they are, which no client library would send. */
function send(lines: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(platform.port, "127.0.0.1", () => socket.write(`${lines.join("\r\n")}\r\n\r\n`));
    let text = "";
    socket.setEncoding("utf8");
    socket.setTimeout(5_000, () => socket.destroy(new Error("no answer")));
    socket.on("data", (part) => {
      text += part;
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(text));
  });
}
const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
const host = "host: localhost";

test.for([
  { name: "a traversal", target: "/../../../../etc/passwd" },
  { name: "an encoded traversal", target: "/%2e%2e/%2E%2e/etc/passwd" },
  { name: "a half-encoded traversal", target: "/assets/.%2e/index.html" },
  { name: "a traversal below a service's path", target: "/api/../robots.txt" },
  { name: "an encoded slash", target: "/assets%2findex.html" },
  { name: "an encoded backslash", target: "/..%5c..%5cetc/passwd" },
  { name: "a backslash", target: "/..\\..\\etc\\passwd" },
  { name: "an encoded NUL", target: "/index.html%00.png" },
  { name: "a broken encoding", target: "/%zz" },
  { name: "an encoding that is no UTF-8", target: "/%c0%ae%c0%ae/" },
  { name: "an empty segment", target: "//etc/passwd" },
  { name: "the absolute form", target: "http://127.0.0.1/index.html" },
  { name: "the asterisk form", target: "*" },
  { name: "a very long path", target: `/${"a".repeat(9_000)}` },
])("refuses $name", async ({ target }) => {
  await goLive("a1", site("one"));
  const answer = await send([
    `GET ${target} HTTP/1.1`,
    host,
    ...Object.entries(page).map(([k, v]) => `${k}: ${v}`),
    "connection: close",
  ]);
  expect(statusOf(answer)).toBe(400);
  expect(answer).not.toContain("<script");
});

test.for([
  { name: "a name of another site", lines: ["host: evil.example"] },
  { name: "a name that begins like ours", lines: ["host: localhost.evil.example"] },
  { name: "no name at all", lines: [] },
])("refuses $name as its host", async ({ lines }) => {
  await goLive("a1", site("one"));
  const answer = await send(["GET /index.html HTTP/1.1", ...lines, "connection: close"]);
  expect([400, 421]).toContain(statusOf(answer));
  expect(answer).not.toContain("<script");
});

test.for(["localhost", "127.0.0.1:4601", "[::1]:4601", "staging.localhost"])("answers to %s", async (name) => {
  await goLive("a1", site("one"));
  expect(statusOf(await send(["GET /index.html HTTP/1.1", `host: ${name}`, "connection: close"]))).toBe(200);
});

test("takes no other method for pages", async () => {
  await goLive("a1", site("one"));
  expect(await ask(`${platform.url}/index.html`, { method: "DELETE" })).toMatchObject({
    status: 405,
    headers: { allow: "GET, HEAD" },
  });
});

test("refuses more header bytes than it reads", async () => {
  const answer = await send(["GET / HTTP/1.1", host, `x-much: ${"y".repeat(40_000)}`, "connection: close"]);
  expect(statusOf(answer)).toBe(400);
});

test("cuts a file that was lost from the pool off with an error, and stays up", async () => {
  await goLive("a9", { ...site("one"), "lost.txt": { role: "entry", text: "soon lost" } });
  const { files } = await platform.web("a9", { "lost.txt": { role: "entry", text: "soon lost" } });
  const hex = files[0]?.sha256.slice("sha256:".length) ?? "";
  await unlink(join(platform.root, ".slipway/platform/environments/staging/pool/files", hex));
  expect((await ask(`${platform.url}/lost.txt`)).status).toBe(500);
  expect((await ask(`${platform.url}/robots.txt`)).status).toBe(200);
});

test("asks services for their paths and pages for the rest", async () => {
  await goLive("a1", site("one"));
  const ports = await platform.ports();
  const revision = await platform.revision("ab", await platform.image(tinyService()));
  await ports.services.roll(tinyShape(), revision, permitOf(epoch));
  await until(
    () => ports.services.inspect(serviceOf("api")),
    (look) => proves(look, revision),
  );
  expect((await ask(`${platform.url}/api/anything`)).body).toBe(revision.sha);
  expect((await ask(`${platform.url}/version`)).body).toBe(revision.sha);
  expect((await ask(`${platform.url}/robots.txt`)).body).toBe("# one");
});
