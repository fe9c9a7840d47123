import type { LeaseLook } from "@slipway/pipeline";
import type { LeaseDocument } from "./schemas/parts/lease.ts";

export const leaseDocument = (look: LeaseLook): LeaseDocument => ({
  state: look.stale ? "stale" : look.state,
  by: look.by.name,
  host: look.host,
  runUrl: look.runUrl,
  epoch: look.epoch,
  doing: look.doing,
  since: look.since,
  heartbeatSecondsAgo: Math.round(look.ageMilliseconds / 1000),
  quietUntil: look.quietUntil,
});
