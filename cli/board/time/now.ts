import { useEffect, useState } from "preact/hooks";

/** Milliseconds by this machine's clock, told each second and when the page is shown again: a hidden page's timers sleep. */
function onEachSecond(tell: (now: number) => void): () => void {
  const tick = (): void => tell(Date.now());
  const timer = setInterval(tick, 1000);
  document.addEventListener("visibilitychange", tick);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", tick);
  };
}

export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => onEachSecond(setNow), []);
  return now;
}

/** Drawn again only when the answer changes. */
export function useAtTime<T extends string | number | boolean>(answer: (now: number) => T): T {
  const [, redraw] = useState<T | null>(null);
  useEffect(() => onEachSecond((now) => redraw(answer(now))));
  return answer(Date.now());
}
