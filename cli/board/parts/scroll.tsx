import type { ComponentChildren } from "preact";

interface ScrollProps {
  readonly label: string;
  readonly kind: "wide" | "log";
  readonly children: ComponentChildren;
}

/** What is larger than its place scrolls in it, by keyboard too. */
export function Scroll({ label, kind, children }: ScrollProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without it a keyboard cannot scroll it
    <section class={kind} aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
