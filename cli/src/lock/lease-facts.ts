import type { LeaseLook } from "@slipway/pipeline";
import { spellAge } from "../terminal/durations.ts";
import type { Block } from "../terminal/message.ts";

/** What is known of a held lease, a block a fact; the words are those of a refused promotion. */
export function leaseFacts(look: LeaseLook): readonly Block[] {
  const epoch = look.epoch === null ? "" : `epoch ${look.epoch}, `;
  const heartbeat = `${epoch}heartbeat ${spellAge(look.ageMilliseconds / 1000)} ago`;
  const free = spellAge(Math.ceil(look.freeWithinMilliseconds / 1000));
  return [
    { label: "doing", fact: `${look.doing || "starting"}, for ${spellAge(heldSeconds(look))}` },
    {
      label: "lease",
      fact: look.stale
        ? `${heartbeat}; its holder fell silent, and the next command takes over`
        : `${heartbeat}; if its holder dies it is free within ${free}`,
    },
    {
      label: "host",
      fact: `${look.host}${look.process ? `, pid ${look.process.pid}` : ""}`,
      evidence: look.runUrl === null ? [] : [look.runUrl],
    },
  ];
}

/** By the store's clock. */
const heldSeconds = (look: LeaseLook): number =>
  Math.max(0, (Date.parse(look.beatAt) + look.ageMilliseconds - Date.parse(look.since)) / 1000);
