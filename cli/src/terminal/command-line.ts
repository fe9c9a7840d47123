import type { Call } from "../call.ts";
import { quoteArgument } from "./message.ts";

/** What was called, to be pasted again, with some values put right. */
export function commandLine(call: Call, corrected: Readonly<Record<string, string>> = {}): string {
  const { values, switches, words, command } = call.args;
  const flags = Object.entries({ ...values, ...corrected }).map(([name, value]) => `--${name} ${quoteArgument(value)}`);
  const parts = ["promote", call.verb, ...words, ...flags, ...[...switches].map((name) => `--${name}`)];
  const after = command.length > 0 ? ["--", ...command.map(quoteArgument)] : [];
  return [...parts, ...after].filter((part) => part !== "").join(" ");
}

/** Flags that lead to the same store and ladder, for every command that is suggested. */
export function sameLadder(call: Call): string {
  const { values, switches } = call.args;
  return [
    ...(switches.has("local") ? [" --local"] : []),
    ...(values.config === undefined ? [] : [` --config ${quoteArgument(values.config)}`]),
    ...(values.store === undefined ? [] : [` --store ${quoteArgument(values.store)}`]),
  ].join("");
}
