import { useEffect, useRef } from "preact/hooks";
import { go, type Way } from "../route/use-route.ts";

/** Escape closes a panel; closed, it gives the focus back to the link that opened it. */
export function usePanelKeys({ route, to }: Way): void {
  const opener = useRef<Element | null>(null);
  const isOpen = route.panel !== null;
  const close = to(null);
  useEffect(() => {
    // Followed before the address changes, so that it is known where one came from.
    const remember = (event: Event): void => {
      const link = (event.target as Element | null)?.closest?.('a[href^="#/"]') ?? null;
      if (link && !link.closest(".panel")) opener.current = link;
    };
    document.addEventListener("click", remember, true);
    return () => document.removeEventListener("click", remember, true);
  }, []);
  useEffect(() => {
    if (!isOpen) return;
    const press = (event: KeyboardEvent): void => {
      if (event.key === "Escape" && !event.defaultPrevented) go(close);
    };
    document.addEventListener("keydown", press);
    return () => {
      document.removeEventListener("keydown", press);
    };
  }, [isOpen, close]);
  const wasOpen = useRef(false);
  useEffect(() => {
    if (wasOpen.current && !isOpen) giveBack(opener.current);
    wasOpen.current = isOpen;
  }, [isOpen]);
}

/** To the same link, or where it was drawn anew to the one that leads to the same place. */
function giveBack(opener: Element | null): void {
  const href = opener?.getAttribute("href");
  const again = href ? document.querySelector(`a[href="${CSS.escape(href)}"]`) : null;
  const place = opener?.isConnected ? opener : (again ?? document.querySelector("h1"));
  (place as HTMLElement | SVGElement | null)?.focus();
}
