import type { HistoryDocument } from "../../src/documents/history.ts";
import { useDocument } from "../data/use-document.ts";
import { Epoch } from "../epoch/epoch.tsx";
import { Panel } from "../parts/panel.tsx";
import type { Panel as PanelRoute } from "../route/route.ts";
import { useWay } from "../route/use-route.ts";
import { Text } from "../text/text.tsx";

interface EpochPanelProps {
  /** Changes when a ledger does. */
  readonly moment: string;
  readonly nameOf: (env: string) => string;
}

/** What the timeline opens, under it. */
export function EpochPanel(props: EpochPanelProps) {
  const { panel } = useWay().route;
  return panel?.kind === "epoch" ? <Opened {...props} panel={panel} /> : null;
}

function Opened({
  moment,
  nameOf,
  panel,
}: EpochPanelProps & { readonly panel: Extract<PanelRoute, { kind: "epoch" }> }) {
  const { env, epoch, log } = panel;
  const asked = useDocument<HistoryDocument>(`/api/history/${encodeURIComponent(env)}/${epoch}`, "history", moment);
  return (
    <Panel
      id={`epoch-${env}-${epoch}`}
      title={
        <>
          <Text value={nameOf(env)} /> epoch {epoch}
        </>
      }
    >
      <Epoch asked={asked} log={log} />
    </Panel>
  );
}
