import assert from "node:assert/strict";
import { queryDatabase } from "../query-database.ts";
import type { Act } from "../stage.ts";

export const failingMigration: Act = {
  slug: "failing-migration",
  title: "A migration fails, so no service moves",
  play: async (stage) => {
    await stage.build("failing-migration");
    const before = await stage.promote("local", "status");
    const answer = await stage.promote("--sha", stage.sha("failing-migration"), "--env", "dev");
    assert.equal(answer.exit, 4, JSON.stringify(answer.document));
    const { failure, environment } = answer.document;
    assert.equal(failure.code, "migration-failed");
    assert.match(failure.cause, /23514/);
    assert.equal(environment, "unchanged");
    await stage.runs("expand-migration", "dev");
    const constraints = await queryDatabase(
      stage,
      "dev",
      "select 1 from pg_constraint where conname = 'minutes_positive'",
    );
    assert.equal(constraints.length, 0, "the constraint is there although its migration failed");
    const after = await stage.promote("local", "status");
    assert.deepEqual(services(after.document), services(before.document), "a service was touched");
    const epoch = await stage.newestEpoch("dev");
    assert.equal(epoch.outcome, "failed");
    return { exit: answer.exit, code: failure.code, cause: failure.cause, where: failure.where, epoch: epoch.epoch };
  },
};

interface LocalStatus {
  readonly platform: {
    readonly environments: readonly {
      readonly env: string;
      readonly services: readonly { readonly service: string; readonly sha: string; readonly restarts: number }[];
    }[];
  };
}
/** What runs, and how often each service was started again. */
const services = ({ platform }: LocalStatus): unknown =>
  platform.environments
    .find((one) => one.env === "dev")
    ?.services.map(({ service, sha, restarts }) => [service, sha, restarts]);
