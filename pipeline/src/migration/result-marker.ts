/** What runs as the one-off task prints its result as its last line, after this. Apart, so that the runner stays small. */
export const runnerResultMarker = "slipway-result ";
