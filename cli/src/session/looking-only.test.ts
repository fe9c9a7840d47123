import { PortError, RefusalError, type ServiceName, UserError } from "@slipway/pipeline";
import { expect, test } from "vitest";
import { aTarget } from "../../../pipeline/test/builders.ts";
import type { Session } from "../session.ts";
import { lookingOnly } from "./looking-only.ts";

const { target } = aTarget();
const connectTo = (error: Error) =>
  lookingOnly({ connect: async () => Promise.reject(error) } as unknown as Session).connect(target);

test.each([
  new RefusalError({ code: "account", message: "another account", evidence: ["prod lies in 1; these are of 2"] }),
  new UserError({ code: "credentials", message: "another account: prod lies in 1; these are of 2" }),
])("an environment that these credentials do not open says why, whatever it is asked: $code", async (error) => {
  const ports = await connectTo(error);
  const because = "another account: prod lies in 1; these are of 2";
  await expect(ports.services.inspect("api" as ServiceName)).rejects.toThrow(because);
  await expect(ports.web.readLive()).rejects.toBeInstanceOf(PortError);
  expect(await ports.probe.ask("GET", "/")).toBe("unreachable");
});

test("what is wrong with the target itself is no closed door", async () => {
  const error = new UserError({ code: "store-unusable", message: "target.json of prod has 1 problem" });
  await expect(connectTo(error)).rejects.toBe(error);
});
