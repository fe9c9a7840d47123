/** A distribution takes 3,000 paths and 15 wildcards at a time, of all who ask (cloudfront-limits.html#limits-invalidations). */
const mostPaths = 1_000;
const mostWildcards = 10;
/** What may be written in one way only. CloudFront compares texts: `/a[b]`, `/a%5Bb]` and `/a%5Bb%5D` are three paths with one meaning. */
const written = /^[A-Za-z0-9/._-]*/;

/** Paths as CloudFront is asked to forget them: from a character on that may be written in two ways, whatever begins so. */
export function patternsOf(paths: readonly string[]): readonly string[] {
  const patterns = [
    ...new Set(
      paths.map((path) => {
        const plain = written.exec(path)?.[0] ?? "";
        return plain === path ? path : `${plain}*`;
      }),
    ),
  ].toSorted();
  const wildcards = patterns.filter((pattern) => pattern.endsWith("*"));
  return patterns.length > mostPaths || wildcards.length > mostWildcards ? ["/*"] : patterns;
}
