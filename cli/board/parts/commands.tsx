import { Command } from "./copy.tsx";

/** Commands that help now, to be run in a terminal. A list, not a region: several of a page may have the same name. */
export function Commands({ commands, label }: { readonly commands: readonly string[]; readonly label: string }) {
  if (commands.length === 0) return null;
  return (
    <ul class="commands" aria-label={label}>
      {commands.map((command) => (
        <li key={command}>
          <Command command={command} />
        </li>
      ))}
    </ul>
  );
}
