/*
 * Keys as file names. Case matters in keys and not on every file system, so upper case and everything but plain
 * characters is written as %xx; `@` is left for version numbers and `+` for parts of a long segment.
 */

/** At most 66 characters and so 198 bytes a name: file systems allow 255, and a version number has to fit too. */
const nameParts = /(?:%[0-9a-f]{2}|[^%]){1,66}/g;

/** Path of a key, without a version number, relative to the store's folder. */
export const pathOfKey = (key: string): string => key.split("/").map(nameOfSegment).join("/");

const nameOfSegment = (segment: string): string => (encode(segment).match(nameParts) ?? []).join("+/");

/** A leading dot is written out too: names that begin with one are the store's own. */
const encode = (text: string): string =>
  text.replace(/^\.|[^a-z0-9._-]/g, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, "0")}`);

export const keyOfPath = (path: string): string =>
  path
    .replaceAll("+/", "")
    .replace(/%([0-9a-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));

const versionName = /^(.+)@([1-9]\d{0,14})$/;
/** Null: no version of an object. */
export function parseVersionName(name: string): { readonly name: string; readonly version: number } | null {
  const match = versionName.exec(name);
  return match?.[1] && match[2] ? { name: match[1], version: Number(match[2]) } : null;
}
