import fc from "fast-check";

/**
 * Property tests draw the same cases at every commit, so that a red run is about the commit. `SLIPWAY_SEED=random npm test` draws new ones, and a
 * number draws those again; a failing property prints its seed.
 */
const asked = process.env.SLIPWAY_SEED;
if (asked !== "random") fc.configureGlobal({ seed: Number(asked ?? 20_261_121) });
