import type { PromotionEvent } from "@slipway/pipeline";
import { spellAge } from "./durations.ts";
import { printable } from "./escape.ts";
import type { Style } from "./style.ts";
import { spellMoment } from "./times.ts";

export type LeaseWait = Extract<PromotionEvent, { type: "lease:wait" }>;

/** Whose lease it is. */
export const holderWords = ({ holder, epoch }: LeaseWait): string =>
  `${printable(holder)}${epoch === null ? "" : `, epoch ${epoch}`}`;

/** `12 s, limit 10 min`; without a limit nobody waits for a holder that lives. */
export const waitedWords = (seconds: number, limitSeconds: number): string =>
  `${spellAge(seconds)}${limitSeconds > 0 ? `, limit ${spellAge(limitSeconds)}` : ""}`;

/** Of a holder that is gone: when the last of what it sent has landed. */
export const quietWords = (event: LeaseWait, style: Style): string =>
  `Waiting for ${holderWords(event)}; it is free at ${spellMoment(style, event.until ?? "")} at the latest.`;
