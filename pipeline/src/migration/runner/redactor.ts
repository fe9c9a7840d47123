/** Takes the database's address, host, user's password out of text: none of it is ever printed. */
export type Redact = (text: string) => string;

export function redactorFor(address: string): Redact {
  const secrets = [address, ...partsOf(address)]
    .filter((part) => part.length > 2)
    .toSorted((a, b) => b.length - a.length);
  return (text) => secrets.reduce((clean, secret) => clean.replaceAll(secret, "[redacted]"), text);
}

function partsOf(address: string): readonly string[] {
  try {
    const { host, hostname, password, searchParams } = new URL(address);
    const parameters = ["password", "host", "hostaddr"].map((name) => searchParams.get(name) ?? "");
    return [host, hostname, password, decodeURIComponent(password), ...parameters];
  } catch {
    return [];
  }
}
