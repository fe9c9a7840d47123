import { ask, type Entry, type EntryPage } from "./api.ts";
import { find, make } from "./find.ts";

/** Shows the newest page; "Show earlier entries" appends the next one. */
export async function showEntries(nameOf: (project: string) => string): Promise<void> {
  const body = find("#entries", HTMLTableSectionElement);
  const more = find("#more", HTMLButtonElement);
  const load = async (after: string | null): Promise<void> => {
    const query = after === null ? "" : `?after=${encodeURIComponent(after)}`;
    const page = await ask<EntryPage>(`/api/entries${query}`);
    const rows = page.entries.map((entry) => row(entry, nameOf));
    if (after === null) body.replaceChildren(...rows);
    else body.append(...rows);
    more.hidden = page.next === null;
    more.onclick = () => void load(page.next);
  };
  await load(null);
}

function row(entry: Entry, nameOf: (project: string) => string): HTMLElement {
  const tr = document.createElement("tr");
  tr.append(
    make("td", entry.worked_on),
    make("td", nameOf(entry.project_id)),
    make("td", asHours(entry.minutes), "number"),
    make("td", entry.note),
  );
  return tr;
}

/** 95 minutes are `1:35`. */
function asHours(minutes: number): string {
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
}
