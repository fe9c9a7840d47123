import { useWay } from "../route/use-route.ts";

export const shortSha = (sha: string): string => sha.slice(0, 7);

/** A release, by the seven digits that people know it by; opens its journey. */
export function Sha({ sha }: { readonly sha: string | null }) {
  const { to } = useWay();
  if (sha === null) return <span class="sha">nothing</span>;
  return (
    <a class="sha" href={to({ kind: "release", sha })} title={sha}>
      {shortSha(sha)}
    </a>
  );
}
