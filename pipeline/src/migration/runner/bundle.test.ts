import { isBuiltin } from "node:module";
import { expect, test } from "vitest";
import { loadRunnerBundle } from "./bundle.ts";

test.each(["knex", "sql"] as const)(
  "the runner for %s is one file, the same each time, and names no folder of ours",
  async (engine) => {
    const [file, ...more] = await loadRunnerBundle(engine);
    expect(more).toEqual([]);
    expect(file?.path).toBe(".slipway/migrate.mjs");
    expect((await loadRunnerBundle(engine))[0]?.bytes).toEqual(file?.bytes);
    const text = new TextDecoder().decode(file?.bytes);
    expect(text).not.toContain(new URL("../../../../", import.meta.url).pathname);
    expect(text.length).toBeLessThan(400_000);
    // Only Node's own modules are asked for (pg tries pg-native when told to): the image need have no others.
    const asked = [...text.matchAll(/(?:from |require\w*\()"([^"]+)"/g)].map(([, name = ""]) => name);
    const foreign = new Set(asked.filter((name) => !isBuiltin(name)));
    expect([...foreign].toSorted()).toEqual(engine === "knex" ? ["knex", "knex/package.json"] : ["pg-native"]);
  },
);
