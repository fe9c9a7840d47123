import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { countCases } from "../hostile/count-cases.ts";
import { usePlatform } from "../platform-fixture.ts";
import { listeningAddresses, loopback } from "./sockets-of.ts";

countCases("local-servers", "looks at where the servers of a platform listen");

const platform = usePlatform({ postgres: true });

// The kernel's tables are files on Linux alone; elsewhere it is the same code that listens.
test.skipIf(process.platform !== "linux")(
  "the platform and its Postgres listen on the loopback address alone",
  async () => {
    const { pid, postgres } = await platform.status();
    expect(await listeningAddresses(pid)).toEqual([loopback]);
    expect(await listeningAddresses(postgres.pid)).toEqual([loopback]);
  },
);

test("orders are taken on a socket in a folder that only its owner may enter", () => {
  const { socket } = JSON.parse(readFileSync(join(platform.root, ".slipway/platform/platform.json"), "utf8")) as {
    readonly socket: string;
  };
  expect(statSync(socket).isSocket()).toBe(true);
  expect(statSync(dirname(socket)).mode & 0o777).toBe(0o700);
});
