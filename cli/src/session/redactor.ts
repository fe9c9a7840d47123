import { formsOf, type Place, SecretMatcher, secretsByName, shortest, takeOut } from "@slipway/pipeline/redaction";

/** From `://` of `scheme://user:password@` of any address in a text. */
const passwordInAddress = /:\/\/[^\s:/@"'<>]*:([^\s/"'<>\\,]+)@/y;

export type Redact = (text: string) => string;

/** Takes exact values of secrets out of text, in all their forms, and the password of every address. More can be added once they are known. */
export class Redactor {
  readonly #values = new Set<string>();
  readonly #names = new Set<string>();
  #matcher: SecretMatcher | null = null;

  constructor(variables: Readonly<Record<string, string | undefined>>) {
    this.add(secretsByName(variables));
  }

  add(values: readonly string[]): void {
    for (const value of values) if (value.trim().length >= shortest) this.#values.add(value);
    this.#matcher = null;
  }

  /** What these are called stands in every command and message, and is no secret, whatever variable holds it too. */
  spare(names: readonly string[]): void {
    for (const name of names) this.#names.add(name);
    this.#matcher = null;
  }

  readonly redact: Redact = (text) => {
    if (text.length < shortest) return text;
    // Not before it is needed: most calls of the command line show nothing that was not theirs.
    this.#matcher ??= new SecretMatcher(this.#forms());
    const places: Place[] = [];
    this.#matcher.find(text, places);
    if (text.includes("@")) findPasswords(text, places);
    if (places.length === 0) return text;
    const hidden = places.filter((place) => !(this.#values.has(text.slice(...place)) && isWithinDigest(text, place)));
    return hidden.length === 0 ? text : takeOut(text, hidden);
  };

  #forms(): readonly string[] {
    const secret = [...this.#values].filter((value) => !this.#names.has(value.trim()));
    return [...new Set(secret.flatMap(formsOf))];
  }
}

/** A few digits of a commit or digest are no secret's: without them nobody could name it. */
const mostDigits = 15;
const digest = /(?<![0-9a-f])(?:[0-9a-f]{40}|[0-9a-f]{64})(?![0-9a-f])/g;

function isWithinDigest(text: string, [from, to]: Place): boolean {
  if (to - from > mostDigits || !/^[0-9a-f]+$/.test(text.slice(from, to))) return false;
  const start = Math.max(0, from - 64);
  const around = text.slice(start, to + 64);
  return [...around.matchAll(digest)].some(({ index, 0: { length } }) => {
    const begin = start + index;
    return begin <= from && to <= begin + length;
  });
}

function findPasswords(text: string, places: Place[]): void {
  const last = text.lastIndexOf("@");
  for (let at = text.indexOf("://"); at !== -1 && at < last; at = text.indexOf("://", at + 3)) {
    passwordInAddress.lastIndex = at;
    const found = passwordInAddress.exec(text);
    if (!found || !/[a-z0-9+.-]/i.test(text[at - 1] ?? "")) continue;
    const to = at + found[0].length - 1;
    places.push([to - (found[1] ?? "").length, to]);
  }
}
