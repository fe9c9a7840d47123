import { visibleParts } from "./visible-text.ts";

/** Text from outside: shown as text, apart from the direction of what stands around it. */
export function Text({ value }: { readonly value: string }) {
  const parts = visibleParts(value);
  if (parts.every((part) => !part.isEscape)) return <bdi>{value}</bdi>;
  return <bdi>{parts.map((part) => (part.isEscape ? <span class="escape">{part.text}</span> : part.text))}</bdi>;
}
