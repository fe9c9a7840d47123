import assert from "node:assert/strict";
import type { Act } from "../stage.ts";

export const webRollback: Act = {
  slug: "web-rollback",
  title: "The pages alone go back; the services are not touched",
  play: async (stage) => {
    const newPage = await stage.page("staging");
    const services = await stage.version("staging");
    const answer = await stage.promote(
      "rollback",
      "--env",
      "staging",
      "--only",
      "web",
      "--to",
      stage.sha("expand-migration"),
    );
    assert.equal(answer.exit, 0, JSON.stringify(answer.document));
    const page = await stage.page("staging");
    assert.notEqual(page, newPage, "the pages did not go back");
    assert(page.includes(stage.sha("expand-migration")), "the pages are of another commit");
    assert.deepEqual(await stage.version("staging"), services, "a service was touched");
    const kinds = answer.document.steps.map((step: { kind: string }) => step.kind);
    assert(!kinds.includes("roll-service"), `the steps were ${kinds}`);
    return { services: services.sha, pages: stage.sha("expand-migration"), seconds: answer.seconds };
  },
};
