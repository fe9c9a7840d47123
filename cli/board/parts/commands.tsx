import { Command } from "./copy.tsx";

/** Commands that help now, to be run in a terminal. */
export function Commands({ commands, label }: { readonly commands: readonly string[]; readonly label: string }) {
  if (commands.length === 0) return null;
  return (
    <section class="commands" aria-label={label}>
      {commands.map((command) => (
        <Command key={command} command={command} />
      ))}
    </section>
  );
}
