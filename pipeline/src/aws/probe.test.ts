import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { sha256 } from "../release/canonical-json.ts";
import { awsProbe } from "./probe.ts";

/** Answers `/moved` with a redirect, `/long` with more than is kept, and anything else with its method and path. */
async function openSite(): Promise<string> {
  const server = createServer(({ method, url }, response) => {
    if (url === "/moved") response.writeHead(302, { location: "/elsewhere" }).end();
    else response.end(url === "/long" ? "x".repeat(100_000) : `${method} ${url}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("an answer is what a visitor gets, redirects not followed, its hash of all of it", async () => {
  const { ask } = awsProbe(await openSite());
  expect(await ask("POST", "//other.example/")).toEqual({
    status: 200,
    sha256: sha256("POST //other.example/"),
    body: "POST //other.example/",
  });
  expect(await ask("GET", "/moved")).toMatchObject({ status: 302 });
  const long = await ask("GET", "/long");
  expect(long).toMatchObject({ status: 200, sha256: sha256("x".repeat(100_000)) });
  expect(long !== "unreachable" && long.body.length).toBe(65_536);
});

test.each([null, "http://127.0.0.1:1", "https://127.0.0.1:1"])("nobody answers at %s", async (url) => {
  expect(await awsProbe(url).ask("GET", "/")).toBe("unreachable");
});
