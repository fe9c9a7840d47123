import { entriesOf, type WebFile, type WebFileList } from "../web/file-list.ts";

/** A site of thousands of pages is asked for this many of them; the summary says how many of how many. */
const mostEntries = 300;

/** Entries that are looked at through the public address. */
export const askedEntries = (web: WebFileList): readonly WebFile[] => entriesOf(web).slice(0, mostEntries);

/** Null: the list was not read. */
export const countAskedEntries = (web: WebFileList | null): number | null => web && askedEntries(web).length;
