import { useState } from "preact/hooks";
import { useAtTime } from "../time/now.ts";
import { fieldOfInstant, instantOfField, spellOffset } from "../time/times.ts";

interface AsOfProps {
  /** Null: now. */
  readonly asOf: string | null;
  readonly onChange: (asOf: string | null) => void;
}

/** The time of which the rules are asked, in the reader's zone; until somebody types it shows the time of now. */
export function AsOf({ asOf, onChange }: AsOfProps) {
  // Null: nobody is typing. Half a date is kept as it was typed, and asks nothing.
  const [typed, setTyped] = useState<string | null>(null);
  const current = useAtTime((now) => fieldOfInstant(new Date(now).toISOString()));
  const shown = asOf === null ? current : fieldOfInstant(asOf);
  const change = (value: string): void => {
    setTyped(value);
    const instant = instantOfField(value);
    if (instant !== null && instant !== asOf) onChange(instant);
  };
  const now = (): void => {
    setTyped(null);
    onChange(null);
  };
  return (
    <form class="as-of" onSubmit={(event) => event.preventDefault()}>
      <label>
        as of{" "}
        <input
          type="datetime-local"
          value={typed ?? shown}
          onFocus={() => setTyped(shown)}
          onInput={(event) => change(event.currentTarget.value)}
          onBlur={() => setTyped(null)}
        />
      </label>
      <span class="offset">{spellOffset(asOf === null ? Date.now() : Date.parse(asOf))}</span>
      <button type="button" onClick={now} aria-pressed={asOf === null}>
        now
      </button>
    </form>
  );
}
