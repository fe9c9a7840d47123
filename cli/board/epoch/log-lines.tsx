import { Scroll } from "../parts/scroll.tsx";
import { visibleLine } from "../text/visible-text.ts";

/** More would make the page slow; the whole log is a command away. */
export const shownLines = 2_000;

/** Lines of a log as text, the newest at the end; it scrolls by itself, by keyboard too. */
export function LogLines({ lines, label }: { readonly lines: readonly string[]; readonly label: string }) {
  const shown = lines.slice(-shownLines);
  return (
    <Scroll kind="log" label={label}>
      <pre>
        <bdi>{shown.map(visibleLine).join("\n")}</bdi>
      </pre>
    </Scroll>
  );
}
