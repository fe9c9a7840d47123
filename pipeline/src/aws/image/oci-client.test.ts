import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
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
const ask = (client: OciClient) => client.ask("images.inspect", "manifests/x", {}, 100);

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
  expect(await ask(client)).toMatchObject({ status: 200, text: "manifest" });
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
  expect(await ask(client)).toMatchObject({ status: 200, text: "manifest" });
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
