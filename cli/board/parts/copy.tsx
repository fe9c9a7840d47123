import { useEffect, useRef, useState } from "preact/hooks";
import { visibleText } from "../text/visible-text.ts";

const shownMilliseconds = 2_000;
type Copied = "no" | "yes" | "failed";
const words: Readonly<Record<Copied, string>> = { no: "copy", yes: "copied", failed: "select it and press Ctrl-C" };

/**
 * A whole command (all 40 digits) as text, with a button that copies it. The page itself runs nothing. What holds characters that are not seen is not
 * offered: pasted, it would be another command than the one that is shown.
 */
export function Command({ command }: { readonly command: string }) {
  const [copied, setCopied] = useState<Copied>("no");
  const code = useRef<HTMLElement>(null);
  useEffect(() => {
    if (copied === "no") return;
    const timer = setTimeout(() => setCopied("no"), shownMilliseconds);
    return () => clearTimeout(timer);
  }, [copied]);
  const shown = visibleText(command);
  if (shown !== command)
    return (
      <div class="command">
        <code>{wordsOf(shown)}</code>
        <span class="facts">not for copying: it holds characters that cannot be seen</span>
      </div>
    );
  const copy = (): void => {
    copyText(command).then(
      () => setCopied("yes"),
      () => {
        if (code.current) getSelection()?.selectAllChildren(code.current);
        setCopied("failed");
      },
    );
  };
  return (
    <div class="command">
      <code ref={code}>{wordsOf(command)}</code>
      <button type="button" class="copy" aria-label={`copy ${command}`} onClick={copy}>
        {words[copied]}
      </button>
      <span class="unseen" role="status">
        {copied === "no" ? "" : words[copied]}
      </span>
    </div>
  );
}

/** Short words are not broken: a flag that is cut in two reads as two. */
const wordsOf = (command: string) =>
  command
    .split(/( +)/)
    .map((word) => (word.trim() === "" || word.length > 24 ? word : <span class="word">{word}</span>));

/** Rejects where there is no clipboard, or it is refused. */
async function copyText(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}
