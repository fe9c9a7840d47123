/** Durations of a lease (protocol §3). They travel in it: a taker uses those of the loser, not its own. */
export interface LeaseTiming {
  readonly beatMilliseconds: number;
  /** S: no call that cannot be fenced starts when the last confirmed beat is older. */
  readonly staleMilliseconds: number;
  /** δ: how far two clocks may err, and the resolution of the store's times. */
  readonly skewMilliseconds: number;
  /** L when the loser's process is known to be gone: how long a request of it may still land. */
  readonly landsKnownGoneMilliseconds: number;
  /** L otherwise: AWS takes a signed request for five minutes, and clocks may be 30 s apart. */
  readonly landsMilliseconds: number;
}

export const awsTiming: LeaseTiming = {
  beatMilliseconds: 5_000,
  staleMilliseconds: 20_000,
  skewMilliseconds: 5_000,
  landsKnownGoneMilliseconds: 60_000,
  landsMilliseconds: 330_000,
};

/** The local supervisor refuses an older epoch by itself, so a late request is short-lived. */
export const localTiming: LeaseTiming = {
  beatMilliseconds: 250,
  staleMilliseconds: 1_000,
  skewMilliseconds: 250,
  landsKnownGoneMilliseconds: 500,
  landsMilliseconds: 500,
};
