import { createContext } from "preact";
import { useContext, useEffect, useMemo, useState } from "preact/hooks";
import { hrefOf, type Panel, parseRoute, type Route } from "./route.ts";

/** Where the page is, and the addresses of where it can go from here. */
export interface Way {
  readonly route: Route;
  /** Address of a panel, all else staying as it is; null closes. */
  readonly to: (panel: Panel | null) => string;
}

export function useHash(): Way {
  const [hash, setHash] = useState(() => location.hash);
  useEffect(() => {
    const follow = (): void => setHash(location.hash);
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return useMemo(() => {
    const route = parseRoute(hash);
    return { route, to: (panel) => hrefOf({ ...route, panel }) };
  }, [hash]);
}

/** Goes there; `replace` leaves no step to go back to. */
export function go(href: string, how: "push" | "replace" = "push"): void {
  if (how === "replace") location.replace(href);
  else location.hash = href;
}

export const WayContext = createContext<Way>({ route: { panel: null, hours: null }, to: () => "#/" });
export const useWay = (): Way => useContext(WayContext);
