import assert from "node:assert/strict";
import type { Act } from "../stage.ts";

export const unhealthyRelease: Act = {
  slug: "unhealthy-release",
  title: "An API never becomes healthy, and is put back before anybody meets it",
  play: async (stage) => {
    await stage.build("unhealthy-release");
    const failedBefore = stage.traffic.failed;
    const answer = await stage.promote("--sha", stage.sha("unhealthy-release"), "--env", "dev");
    assert.equal(answer.exit, 4, JSON.stringify(answer.document));
    const { failure, environment } = answer.document;
    assert.equal(environment, "reverted");
    assert.equal(failure.code, "service-unhealthy");
    assert.match(JSON.stringify(failure.log), /settings/);
    await stage.runs("expand-migration", "dev");
    await stage.page("dev");
    assert.equal(stage.traffic.failed, failedBefore, "visitors met the unhealthy release");
    const epoch = await stage.newestEpoch("dev");
    assert.equal(epoch.environment, "reverted");
    return {
      exit: answer.exit,
      cause: failure.cause,
      failedRequests: stage.traffic.failed - failedBefore,
      epoch: epoch.epoch,
    };
  },
};
