import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useOld } from "../data/old.ts";
import { useWay } from "../route/use-route.ts";
import { Sign } from "./sign.tsx";

interface PanelProps {
  readonly id: string;
  readonly title: ComponentChildren;
  readonly children: ComponentChildren;
}

/** What a link has opened. Its title takes the focus, so that reading goes on there; Escape closes it (app.tsx). */
export function Panel({ id, title, children }: PanelProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { to } = useWay();
  const isOld = useOld();
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    heading.current?.closest("section")?.scrollIntoView({ block: "nearest" });
  }, [id]);
  return (
    <section class="panel" aria-labelledby={`${id}-title`}>
      <header class="panel-head">
        <h2 id={`${id}-title`} tabIndex={-1} ref={heading}>
          {title}
        </h2>
        <a class="close" href={to(null)}>
          close <kbd>Esc</kbd>
        </a>
      </header>
      {isOld ? (
        <p class="note">
          <Sign mark="unknown" /> What stands here was so when it was seen; the board does not answer now.
        </p>
      ) : null}
      {children}
    </section>
  );
}
