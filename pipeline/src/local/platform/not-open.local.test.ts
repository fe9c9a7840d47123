import { createServer } from "node:net";
import { expect, test } from "vitest";
import { environmentOf, serviceOf } from "../../../test/builders.ts";
import { permitOf, usePlatform, withoutPostgres } from "../../../test/platform-fixture.ts";
import { tinyService, tinyShape } from "../../../test/tiny-service.ts";
import { until } from "../../../test/until.ts";
import { unusedPort } from "../../../test/unused-port.ts";
import { PortError } from "../../errors.ts";
import { findDrift } from "../../promotion/find-drift.ts";
import { proves } from "../../promotion/judge-rollout.ts";
import { startPlatform } from "../platform-control.ts";

const platform = usePlatform();
const api = serviceOf("api");

async function serve() {
  const { services } = await platform.ports();
  const revision = await platform.revision("c1", await platform.image(tinyService()));
  await services.roll(tinyShape(), revision, permitOf(1));
  await until(
    () => services.inspect(api),
    (look) => proves(look, revision) && look.rollout?.phase === "drained",
  );
  return revision;
}

test("what could not be opened again is not known to run nothing; what was just started is not down", async () => {
  const revision = await serve();
  await platform.stop();
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(platform.port, "127.0.0.1", resolve));
  try {
    // Another environment starts the platform, while this one's port is taken.
    const environments = [{ name: environmentOf("dev"), port: await unusedPort() }];
    await startPlatform({ root: platform.root, entry: withoutPostgres, environments });
    const { services, web } = await platform.ports();
    await expect(services.inspect(api)).rejects.toThrow(PortError);
    await expect(services.inspect(api)).rejects.toThrow(`its port ${platform.port} may be taken`);
    await expect(web.readLive()).rejects.toThrow(PortError);
  } finally {
    await new Promise((resolve) => other.close(resolve));
  }
  await platform.start();
  const ports = await platform.ports();
  expect(await findDrift(ports, { services: { [api]: revision }, web: null })).toBeNull();
  await until(
    () => ports.services.inspect(api),
    (look) => proves(look, revision),
  );
});
