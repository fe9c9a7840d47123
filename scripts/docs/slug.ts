/** The anchor that GitHub gives a heading; the site gives the same, so that a link works on both. Counting repeats is the caller's. */
export const slugOf = (heading: string): string =>
  heading
    .toLowerCase()
    .trim()
    .replaceAll(/[^\p{L}\p{N}\p{M}\p{Pc}\- ]/gu, "")
    .replaceAll(" ", "-");
