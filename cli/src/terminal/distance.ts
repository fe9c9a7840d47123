import type { Distance } from "@slipway/pipeline";

const count = (commits: number): string => `${commits} commit${commits === 1 ? "" : "s"}`;

/** How far a move leads: `2 commits`, `3 commits back`, `2 commits, without 1 of what runs`. Null: not known. */
export function spellDistance({ commits, lost }: Distance): string | null {
  if (commits === null) return null;
  if (!lost) return count(commits);
  return commits === 0 ? `${count(lost)} back` : `${count(commits)}, without ${lost} of what runs`;
}
