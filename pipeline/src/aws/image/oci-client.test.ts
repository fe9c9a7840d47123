import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { permitOf } from "../../../test/platform-fixture.ts";
import { OciClient } from "./oci-client.ts";

const credentials = async () => ({ username: "octocat", password: "canary-4711" });

/** A registry that is scripted; answers where it listens. */
async function serve(answer: (request: IncomingMessage, response: ServerResponse) => unknown): Promise<string> {
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const ask = (client: OciClient) => client.ask("images.inspect", { path: "manifests/x" }, 100);

test("fetches a token where the registry says, for what it says, and uses it from then on", async () => {
  const seen: string[] = [];
  const origin = await serve((request, response) => {
    seen.push(`${request.url} ${request.headers.authorization ?? "nobody"}`);
    if (request.url?.startsWith("/token")) return response.end('{"token":"t0"}');
    if (request.headers.authorization === "Bearer t0") return response.end("manifest");
    const challenge = `Bearer realm="${origin}/token",service="registry",scope="repository:app:pull"`;
    return response.writeHead(401, { "www-authenticate": challenge }).end();
  });
  const client = new OciClient({ origin, repository: "app", credentials });
  expect(await ask(client)).toMatchObject({ status: 200, bytes: Buffer.from("manifest") });
  expect(await ask(client)).toMatchObject({ status: 200 });
  const basic = `Basic ${Buffer.from("octocat:canary-4711").toString("base64")}`;
  expect(seen).toEqual([
    "/v2/app/manifests/x nobody",
    `/token?service=registry&scope=repository%3Aapp%3Apull ${basic}`,
    "/v2/app/manifests/x Bearer t0",
    "/v2/app/manifests/x Bearer t0",
  ]);
});

test("a token that has expired is fetched anew", async () => {
  let tokens = 0;
  const origin = await serve((request, response) => {
    if (request.url?.startsWith("/token")) return response.end(`{"access_token":"t${++tokens}"}`);
    if (request.headers.authorization === `Bearer t${tokens}` && tokens > 1) return response.end("manifest");
    return response.writeHead(401, { "www-authenticate": `Bearer realm="${origin}/token"` }).end();
  });
  const client = new OciClient({ origin, repository: "app", credentials });
  await expect(ask(client)).rejects.toThrow("the credentials do not open it");
  expect(await ask(client)).toMatchObject({ status: 200, bytes: Buffer.from("manifest") });
});

test.each([
  { name: "a realm in the clear on another host", challenge: 'Bearer realm="http://evil.example/token"' },
  { name: "no realm", challenge: "Bearer" },
  { name: "a way that nobody knows", challenge: "Negotiate" },
])("gives no credentials to $name", async ({ challenge }) => {
  const seen: (string | undefined)[] = [];
  const origin = await serve((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(401, { "www-authenticate": challenge }).end();
  });
  await expect(ask(new OciClient({ origin, repository: "app", credentials }))).rejects.toThrow("not known here");
  expect(seen).toEqual([undefined]);
});

test("an answer that is longer than any manifest is not read", async () => {
  const origin = await serve((_, response) => response.end("x".repeat(101)));
  await expect(ask(new OciClient({ origin, repository: "app" }))).rejects.toThrow("longer than 100 bytes");
});

test("asks for a token of its own to push, whatever the challenge names, also where pulling is refused without one", async () => {
  const scopes: (string | null)[] = [];
  const origin = await serve((request, response) => {
    const url = new URL(request.url ?? "", "http://registry");
    if (url.pathname === "/token") {
      scopes.push(url.searchParams.get("scope"));
      return response.end(`{"token":"${scopes.length === 1 ? "pull" : "push"}"}`);
    }
    const wanted = request.method === "PUT" ? "Bearer push" : "Bearer pull";
    if (request.headers.authorization === wanted) return response.writeHead(201).end();
    const challenge = `Bearer realm="${origin}/token",scope="repository:app:pull"`;
    return response.writeHead(request.method === "PUT" ? 403 : 401, { "www-authenticate": challenge }).end();
  });
  const client = new OciClient({ origin, repository: "app", credentials });
  await ask(client);
  const put = { body: "manifest", permit: permitOf(1) };
  expect(await client.ask("images.pin", { path: "manifests/tag", put }, 100)).toMatchObject({ status: 201 });
  expect(scopes).toEqual(["repository:app:pull", "repository:app:pull,push"]);
});

test("another host that a layer is fetched from is told nothing, whatever it asks", async () => {
  const seen: (string | undefined)[] = [];
  const other = await serve((request, response) => {
    seen.push(request.headers.authorization);
    const realm = `http://${request.headers.host}/token`;
    response.writeHead(401, { "www-authenticate": `Bearer realm="${realm}"` }).end();
  });
  const origin = await serve((_, response) => response.writeHead(307, { location: `${other}/layer` }).end());
  expect(await ask(new OciClient({ origin, repository: "app", credentials }))).toMatchObject({ status: 401 });
  expect(seen).toEqual([undefined]);
});

test.each([
  "http://registry.example",
  "https://user:canary@registry.example",
  "https://registry.example/path",
  "ftp://127.0.0.1",
  "registry.example",
])("%s is no registry", (origin) => {
  const open = () => new OciClient({ origin, repository: "app" });
  expect(open).toThrow(RangeError);
  expect(open).not.toThrow("canary");
});

test("credentials that cannot be found out are no answer", async () => {
  const origin = await serve((_, response) => response.writeHead(401, { "www-authenticate": "Basic realm=x" }).end());
  const failing = async () => Promise.reject(new Error("docker-credential-x is not installed"));
  await expect(ask(new OciClient({ origin, repository: "app", credentials: failing }))).rejects.toThrow(
    "could not be found out: docker-credential-x is not installed",
  );
});

test("each attempt to put is permitted anew, and a lost lease is told as that", async () => {
  let asked = 0;
  const origin = await serve((_, response) => {
    asked += 1;
    response.writeHead(503).end();
  });
  const lost = new Error("the lease is gone");
  const check = () => {
    if (asked === 2) throw lost;
  };
  const put = { body: "manifest", permit: { ...permitOf(1), check } };
  const client = new OciClient({ origin, repository: "app" });
  await expect(client.ask("images.pin", { path: "manifests/tag", put }, 100)).rejects.toBe(lost);
  expect(asked).toBe(2);
});
