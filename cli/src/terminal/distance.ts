import { count, type Distance } from "@slipway/pipeline";

/** How far a move leads: `2 commits`, `3 commits back`, `2 commits, without 1 of what runs`. Null: not known. */
export function spellDistance({ commits, lost }: Distance): string | null {
  if (commits === null) return null;
  if (!lost) return commits === 0 ? "the same commit" : count(commits, "commit");
  return commits === 0 ? `${count(lost, "commit")} back` : `${count(commits, "commit")}, without ${lost} of what runs`;
}
