import { expect, test } from "vitest";
import * as z from "zod";

test("main.ts sets zod up where zod looks for its settings", () => {
  const { __zod_globalConfig: settings } = globalThis as { __zod_globalConfig?: object };
  expect(settings).toBe(z.config());
});
