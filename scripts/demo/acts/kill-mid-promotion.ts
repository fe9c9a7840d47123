import assert from "node:assert/strict";
import { createInterface } from "node:readline";
import { checkLine } from "../../../cli/test/check-documents.ts";
import { exitOf, startPromote } from "../run-promote.ts";
import type { Act, Stage } from "../stage.ts";

export const killMidPromotion: Act = {
  slug: "kill-mid-promotion",
  title: "kill -9 in the middle; the same command again finishes it",
  play: async (stage) => {
    await stage.build("project-cache");
    const sha = stage.sha("project-cache");
    const killedAt = await killAt(stage, ["--sha", sha, "--env", "dev"], "roll-service");
    const between = await stage.promote("status", "--env", "dev");
    assert.equal(between.document.environments[0].state, "in-progress", JSON.stringify(between.document));
    const answer = await stage.promote("--sha", sha, "--env", "dev");
    assert.equal(answer.exit, 0, JSON.stringify(answer.document));
    assert.equal(answer.document.resumes, between.document.environments[0].open?.epoch ?? answer.document.resumes);
    await stage.runs("project-cache", "dev");
    const chain = await stage.promote("history", "--verify");
    assert.equal(chain.exit, 0, JSON.stringify(chain.document));
    return { killedAt, resumes: answer.document.resumes, epoch: answer.document.epoch, seconds: answer.seconds };
  },
};

/** Starts a promotion and kills it, without a chance to clean up, when a step of this kind begins. */
async function killAt(stage: Stage, args: readonly string[], kind: string): Promise<string> {
  const child = startPromote(stage.folder, [...args, "--events"]);
  const ended = exitOf(child);
  if (!child.stdout) throw new Error("no events");
  for await (const line of createInterface({ input: child.stdout })) {
    checkLine(line);
    const event = JSON.parse(line) as { type?: string; step?: { kind: string; service?: string } };
    if (event.type !== "step:start" || event.step?.kind !== kind) continue;
    child.kill("SIGKILL");
    await ended;
    return `${kind} ${event.step.service ?? ""}`.trim();
  }
  throw new Error(`it ended before a step ${kind} began`);
}
