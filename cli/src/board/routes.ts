import Router from "@koa/router";
import { type EnvironmentName, quoteInput, UserError } from "@slipway/pipeline";
import type { ParameterizedContext } from "koa";
import { historyDocument } from "../documents/history.ts";
import { releasesDocument } from "../documents/releases.ts";
import type { EpochSummary } from "../history/epochs.ts";
import { logOf } from "../history/step-log.ts";
import type { Document } from "../output.ts";
import type { Session } from "../session.ts";
import { boardDocument } from "./board-document.ts";
import { journeyDocument } from "./journey.ts";
import { lookAtFigures } from "./look-at-figures.ts";
import { lookAtTimeline } from "./look-at-timeline.ts";
import { shaOf, whyDocument } from "./why.ts";
import { type BoardWorld, environmentNamed } from "./world.ts";

type Ask = (session: Session, asked: Asked) => Promise<Document>;
interface Asked {
  readonly path: Readonly<Record<string, string>>;
  readonly query: (name: string) => string | null;
}

/** What can be asked for, each by one GET; see documents.ts. */
export function routesOf(
  world: BoardWorld,
  answer: (context: ParameterizedContext, ask: () => Promise<Document>) => Promise<void>,
): Router {
  const router = new Router({ prefix: "/api", sensitive: true });
  const get = (path: string, ask: Ask): void => {
    router.get(path, async (context) => {
      const query = (name: string): string | null => [context.query[name]].flat()[0] ?? null;
      await answer(context, async () => ask(await world.session(), { path: context.params, query }));
    });
  };
  get("/board", (session) => boardDocument(world, session));
  get("/releases", (session) => releasesDocument(session));
  get("/timeline", (session, { query }) => lookAtTimeline(world, session, daysOf(query("days"), [7, 30, 90])));
  get("/figures", (session, { query }) => lookAtFigures(world, session, daysOf(query("days"), [30, 90])));
  get("/journey/:sha", (session, { path }) => journey(world, session, path.sha ?? ""));
  get("/why/:env", (session, { path, query }) => {
    const environment = environmentNamed(session, path.env ?? "");
    return whyDocument(world, session, { environment, sha: query("sha"), asOf: query("asOf") });
  });
  get("/history/:env/:epoch", async (session, { path }) =>
    historyDocument(session, [await epochOf(world, session, path)]),
  );
  get("/log/:env/:epoch/:step", async (session, { path, query }) => {
    const epoch = await epochOf(world, session, path);
    const isBack = query("back") === "1";
    const records = epoch.steps.filter(({ n, back }) => String(n) === path.step && back === isBack);
    if (records[0] === undefined)
      throw new UserError({ code: "usage", message: `epoch ${epoch.epoch} has no step ${path.step}.` });
    const { step, name } = records[0];
    return logOf(session, { step: name === null ? step : `${step} ${name}`, epoch: epoch.epoch, records });
  });
  return router;
}

async function journey(world: BoardWorld, session: Session, text: string): Promise<Document> {
  const sha = shaOf(text);
  const release = await world.release(session, sha);
  if (release) return journeyDocument(world, session, release);
  throw new UserError({
    code: "usage",
    message: `no release of ${sha} can be read: it was never published, or was collected.`,
  });
}

/** @throws UserError */
async function epochOf(world: BoardWorld, session: Session, path: Asked["path"]): Promise<EpochSummary> {
  const environment: EnvironmentName = environmentNamed(session, path.env ?? "");
  const wanted = /^[1-9]\d{0,8}$/.test(path.epoch ?? "") ? Number(path.epoch) : null;
  if (wanted === null)
    throw new UserError({
      code: "usage",
      message: `an epoch is a number from 1; got ${quoteInput(path.epoch ?? "")}.`,
    });
  const { seq } = await world.standing(session, environment);
  const epoch = await world.ledger(session, environment).epoch(wanted, seq);
  if (epoch) return epoch;
  throw new UserError({ code: "usage", message: `${session.nameOf(environment)} has no epoch ${wanted}.` });
}

/** @throws UserError */
function daysOf<Days extends number>(text: string | null, allowed: readonly Days[]): Days {
  const found = text === null ? allowed[0] : allowed.find((days) => String(days) === text);
  if (found !== undefined) return found;
  throw new UserError({ code: "usage", message: `days is one of ${allowed.join(", ")}.` });
}
