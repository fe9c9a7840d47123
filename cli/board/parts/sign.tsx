/** Colour only repeats it. */
export type Mark = "done" | "same" | "coming" | "no" | "look" | "unknown";

const glyphs: Readonly<Record<Mark, string>> = { done: "✓", same: "=", coming: "·", no: "✗", look: "!", unknown: "?" };

/** Before words that say the same; with `label` where there are none. */
export function Sign({ mark, label }: { readonly mark: Mark; readonly label?: string }) {
  return (
    <>
      <span class={`sign sign-${mark}`} aria-hidden="true">
        {glyphs[mark]}
      </span>
      {label === undefined ? null : <span class="unseen">{label}</span>}
    </>
  );
}
