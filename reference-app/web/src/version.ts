import { ask, type Version } from "./api.ts";
import { find } from "./find.ts";

/** Both halves say what they are: after a rollback of the pages alone they differ, and that is right. */
export async function showVersion(): Promise<void> {
  const pages = find("meta[name=release]", HTMLMetaElement).content;
  const place = find("#version", HTMLElement);
  place.textContent = `pages ${pages.slice(0, 7)}`;
  const api = await ask<Version>("/version");
  place.textContent = `${api.environment}: pages ${pages.slice(0, 7)}, API ${api.sha.slice(0, 7)}`;
}
