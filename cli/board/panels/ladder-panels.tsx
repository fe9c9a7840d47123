import type { BoardDocument, JourneyDocument } from "../../src/board/documents.ts";
import type { ExplainDocument } from "../../src/documents/explain.ts";
import type { ReleasesDocument } from "../../src/documents/schemas/releases.ts";
import { Present } from "../data/present.tsx";
import { boardNow, type Seen } from "../data/seen.ts";
import { useDocument } from "../data/use-document.ts";
import { Journey } from "../journey/journey.tsx";
import { Panel } from "../parts/panel.tsx";
import { shortSha } from "../parts/sha.tsx";
import { Releases } from "../releases/releases.tsx";
import type { Panel as PanelRoute } from "../route/route.ts";
import { go, useWay } from "../route/use-route.ts";
import { Text } from "../text/text.tsx";
import { useNow } from "../time/now.ts";
import { AsOf } from "../why/as-of.tsx";
import { Why } from "../why/why.tsx";

interface LadderPanelsProps {
  /** Null: not here yet. */
  readonly seen: Seen<BoardDocument> | null;
  /** Changes when a ledger does, and each minute. */
  readonly moment: string;
  readonly nameOf: (env: string) => string;
}

/** What the ladder opens, under it: releases, one release's journey, why not. */
export function LadderPanels(props: LadderPanelsProps) {
  const { panel } = useWay().route;
  switch (panel?.kind) {
    case "releases":
      return <ReleasesPanel {...props} />;
    case "release":
      return <ReleasePanel {...props} sha={panel.sha} />;
    case "why":
      return <WhyPanel {...props} panel={panel} />;
    default:
      return null;
  }
}

function useBoardNow(seen: Seen<BoardDocument> | null): number {
  const now = useNow();
  return seen ? boardNow(seen, now) : now;
}

function ReleasesPanel({ seen, moment }: LadderPanelsProps) {
  // A release that is published changes no ledger, but which one is the newest.
  const newest = seen?.document.status.newest?.sha ?? "";
  const asked = useDocument<ReleasesDocument>("/api/releases", "releases", `${moment} ${newest}`);
  return (
    <Panel id="releases" title="Releases">
      <Releases asked={asked} now={useBoardNow(seen)} />
    </Panel>
  );
}

function ReleasePanel({ seen, moment, sha }: LadderPanelsProps & { readonly sha: string }) {
  const asked = useDocument<JourneyDocument>(`/api/journey/${sha}`, "journey", moment, "present");
  return (
    <Panel
      id={`release-${sha}`}
      title={
        <>
          Journey of <span class="sha">{shortSha(sha)}</span>
        </>
      }
    >
      <Present asked={asked}>
        <Journey asked={asked} now={useBoardNow(seen)} />
      </Present>
    </Panel>
  );
}

interface WhyPanelProps extends LadderPanelsProps {
  readonly panel: Extract<PanelRoute, { kind: "why" }>;
}

/** The rules, and beside them the journey of the release that they are asked about. */
function WhyPanel({ seen, moment, nameOf, panel }: WhyPanelProps) {
  const { to } = useWay();
  const { env, sha, asOf } = panel;
  const next = seen?.document.status.environments.find((one) => one.env === env)?.next ?? null;
  // What the ladder says each 5 s and what the rules say here must not differ for longer than that.
  const asked = useDocument<ExplainDocument>(pathOf(panel), "explain", `${moment} ${JSON.stringify(next)}`, "present");
  const candidate = sha ?? asked.seen?.document.to ?? next?.sha ?? null;
  const journey = useDocument<JourneyDocument>(
    candidate === null ? null : `/api/journey/${candidate}`,
    "journey",
    moment,
    "present",
  );
  const now = useBoardNow(seen);
  const lane = seen?.document.environments.find((one) => one.env === env) ?? null;
  return (
    <Panel
      id={`why-${env}`}
      title={
        <>
          {asked.seen?.document.decision === "allowed" ? "What may enter " : "Why not "}
          <Text value={nameOf(env)} />
          {asked.seen?.document.decision === "allowed" ? "" : "?"}
        </>
      }
    >
      <div class="beside">
        <section class="why" aria-label="Rules">
          <AsOf asOf={asOf} onChange={(time) => go(to({ ...panel, asOf: time }), "replace")} />
          <Present asked={asked}>
            <Why asked={asked} name={nameOf(env)} lane={asOf === null && sha === null ? lane : null} now={now} />
          </Present>
        </section>
        {candidate === null ? null : (
          <section class="beside-journey" aria-labelledby="beside-journey-title">
            <h3 id="beside-journey-title">
              Journey of <span class="sha">{shortSha(candidate)}</span>
            </h3>
            <Present asked={journey}>
              <Journey asked={journey} now={now} />
            </Present>
          </section>
        )}
      </div>
    </Panel>
  );
}

function pathOf({ env, sha, asOf }: WhyPanelProps["panel"]): string {
  const values = new URLSearchParams();
  if (sha !== null) values.set("sha", sha);
  if (asOf !== null) values.set("asOf", asOf);
  return `/api/why/${encodeURIComponent(env)}${values.size > 0 ? `?${values}` : ""}`;
}
