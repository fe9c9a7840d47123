/** Longer words are names nobody mistyped; the bound keeps hostile input cheap. */
const longest = 60;

/**
 * The candidate that a mistyped word most likely meant, or null when none is near: one edit for short words, a third of the
 * length for long ones. Suggested to people, never run.
 */
export function nearestWord(word: string, candidates: Iterable<string>): string | null {
  if (word.length === 0 || word.length > longest) return null;
  const typed = word.toLowerCase();
  const bound = Math.max(1, Math.floor(typed.length / 3));
  let nearest: string | null = null;
  let least = bound + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - typed.length) >= least) continue;
    const distance = editDistance(typed, candidate.toLowerCase());
    if (distance < least) {
      least = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

/** Insertions, deletions, replacements and swapped neighbours (optimal string alignment). */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = at(last, j - 1) + (from[i - 1] === to[j - 1] ? 0 : 1);
      let best = Math.min(at(last, j) + 1, at(row, j - 1) + 1, replaced);
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (swapped) best = Math.min(best, at(beforeLast, j - 2) + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return at(last, to.length);
}

const at = (row: readonly number[], index: number): number => row[index] ?? Number.POSITIVE_INFINITY;
