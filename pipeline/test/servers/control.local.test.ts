import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ControlServer } from "../../src/local/platform/control-server.ts";
import { countCases } from "../hostile/count-cases.ts";
import { bytesOf, type HostileCase, readCases, stackLine, type Told } from "../hostile/hostile-case.ts";
import { statusesOf, talk } from "./talk.ts";

countCases("local-servers", "raw requests to the control socket");

interface ControlRequest extends HostileCase {
  /** As it goes over the wire; `code` is the statuses of what is answered. */
  readonly request: Told;
}

const folder = mkdtempSync(join(tmpdir(), "slipway-control-"));
const socket = join(folder, "control");
let handled = 0;
const server = new ControlServer(async () => {
  handled += 1;
  return null;
});
beforeAll(() => server.listen(socket));
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const call = '{"call":"status"}';
const well = `POST /call HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${call.length}\r\n\r\n${call}`;

test("answers a call, and two of them at once", async () => {
  expect(statusesOf(await talk(socket, Buffer.from(well), "200"))).toBe("200");
  expect(statusesOf(await talk(socket, Buffer.from(well + well), "200 200"))).toBe("200 200");
  expect(handled).toBe(3);
});

test.for(readCases<ControlRequest>(new URL("cases/control.json", import.meta.url)))(
  "a request with $name is answered $code, and nothing is done",
  async ({ request, code }) => {
    handled = 0;
    const answer = await talk(socket, bytesOf(request), code);
    expect(statusesOf(answer)).toBe(code);
    expect(answer).not.toMatch(stackLine);
    expect(answer).not.toContain(folder);
    expect(handled).toBe(0);
    expect(statusesOf(await talk(socket, Buffer.from(well.replace("\r\n", "\r\nconnection: close\r\n"))))).toBe("200");
  },
);
