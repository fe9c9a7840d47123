/** Variables with such names hold secrets, whatever they hold. */
const secretName =
  /(SECRET|TOKEN|PASSW(OR)?D|PASSPHRASE|CREDENTIAL|PRIVATE|API_?KEY|ACCESS_?KEY|(^|_)KEY$|DATABASE_URL|CONNECTION_STRING|_DSN$|WEBHOOK)/i;
/** Shorter values are words like `true`: taking them out would eat half of every log. */
const shortest = 6;
/** `scheme://user:password@` of any address in a text. */
const passwordInAddress = /([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)[^\s@/]+@/gi;

export type Redact = (text: string) => string;

/** Takes exact values of secrets out of text, and the password of every address. More can be added once they are known. */
export class Redactor {
  #values: readonly string[];

  constructor(variables: Readonly<Record<string, string | undefined>>) {
    this.#values = [];
    this.add(
      Object.entries(variables).flatMap(([name, value]) =>
        secretName.test(name) && value !== undefined ? [value] : [],
      ),
    );
  }

  add(values: readonly string[]): void {
    const forms = values.flatMap(formsOf).filter((value) => value.length >= shortest);
    // Longest first: a secret may be part of another one.
    this.#values = [...new Set([...this.#values, ...forms])].toSorted((a, b) => b.length - a.length);
  }

  readonly redact: Redact = (text) =>
    this.#values
      .reduce((clean, value) => (clean.includes(value) ? clean.replaceAll(value, "***") : clean), text)
      .replace(passwordInAddress, "$1***@");
}

/** As it is, as a URL writes it, as JSON writes it, line by line; and the password alone if it is an address. */
function formsOf(value: string): readonly string[] {
  const trimmed = value.trim();
  const lines = trimmed.split(/\r?\n/).map((line) => line.trim());
  const forms = [trimmed, encodeURIComponent(trimmed), JSON.stringify(trimmed).slice(1, -1), ...lines];
  return [...forms, ...passwordOf(trimmed)];
}

function passwordOf(value: string): readonly string[] {
  if (!URL.canParse(value)) return [];
  const { password } = new URL(value);
  if (password === "") return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}

/** Values of a file of `NAME=value` lines. */
export function valuesOfEnvFile(text: string): readonly string[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [, value = ""] = /^\s*(?:export\s+)?[A-Za-z_][A-Za-z0-9_]*\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    const bare = value.replace(/^(["'])(.*)\1$/, "$2");
    return bare === "" ? [] : [bare];
  });
}
