/** Parts of a text that are shorter are no secret's: taking them out would eat half of every log. */
export const shortest = 6;

/** Every spelling of a secret that programs are known to print: as it is, encoded, escaped, line by line, backwards. */
export function formsOf(value: string): readonly string[] {
  const trimmed = value.trim();
  const lines = trimmed.split(/\r?\n/).map((line) => line.trim());
  const plain = [trimmed, ...lines, ...passwordOf(trimmed)];
  const forms = plain.flatMap((text) => {
    const backwards = [...text].toReversed().join("");
    return [text, ...escaped(text), ...encoded(text), backwards, inJson(backwards)];
  });
  return [...new Set(forms)].filter((form) => form.length >= shortest);
}

/** As URLs, forms, JSON, JSON in JSON, and HTML write it. */
function escaped(text: string): readonly string[] {
  const inUrl = encodeURIComponent(text.toWellFormed());
  return [
    inUrl,
    inUrl.replaceAll(/%[0-9A-F]{2}/g, (byte) => byte.toLowerCase()),
    inUrl.replaceAll("%20", "+"),
    encodeURI(text.toWellFormed()),
    inJson(text),
    inJson(inJson(text)),
    text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;"),
  ];
}

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

/**
 * In base64 also what stays the same wherever the secret stands in the encoded text, as in the `user:password` of a
 * header: its bytes from the next border of three on.
 */
function encoded(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  const whole = [bytes.toString("base64"), bytes.toString("base64url")];
  const inner = [0, 1, 2].flatMap((from) => {
    const part = bytes.subarray(from, from + Math.floor((bytes.length - from) / 3) * 3);
    return [part.toString("base64"), part.toString("base64url")];
  });
  const hex = bytes.toString("hex");
  // Of a short secret too little is left for an encoding to be its own.
  return [...whole, ...inner.filter((form) => form.length >= 8), hex, hex.toUpperCase()];
}

/** The password alone, of an address that has one. */
export function passwordOf(value: string): readonly string[] {
  if (!URL.canParse(value)) return [];
  const { password } = new URL(value);
  if (password === "") return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}
