import type { EpochMarkName } from "../parts/epoch-mark.tsx";

interface MarkShapeProps {
  readonly mark: EpochMarkName;
  /** Among many, a good end is only a stroke. */
  readonly isCrowded?: boolean;
}

/** Among many it is drawn as a stroke, which leaves room for what did not end well. */
export const isStroke = (mark: EpochMarkName): boolean => mark === "done" || mark === "refused";

/** The sign of an epoch, drawn around 0,0; each has a shape of its own, so that none needs its colour. */
export function MarkShape({ mark, isCrowded = false }: MarkShapeProps) {
  const shape = `mark mark-${mark}`;
  switch (mark) {
    case "done":
      return isCrowded ? <path class={`${shape} mark-thin`} d="M0-7V7" /> : <circle class={shape} r="5" />;
    case "failed":
      return <path class={shape} d="M-4.5-4.5 4.5 4.5M4.5-4.5-4.5 4.5" />;
    case "rollback":
      return <path class={shape} d="M3.5-5.5-3.5 0 3.5 5.5" />;
    case "lost":
      return <circle class={shape} r="3.6" />;
    case "open":
      return <path class={shape} d="M-4-5.5 5 0-4 5.5Z" />;
    case "refused":
      return isCrowded ? <path class={`${shape} mark-thin`} d="M0-4V4" /> : <path class={shape} d="M-5 0H5" />;
    case "other":
      return <path class={shape} d="M-3.5-3.5H3.5V3.5H-3.5Z" />;
  }
}
