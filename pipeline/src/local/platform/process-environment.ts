import { readFile } from "node:fs/promises";
import { delimiter, dirname, isAbsolute, join, relative } from "node:path";
import { parseEnv } from "node:util";
import { formsOf, passwordOf, shortest } from "../../redaction/secret-forms.ts";
import { type Place, SecretMatcher } from "../../redaction/secret-matcher.ts";
import { secretsOfFile } from "../../redaction/secret-values.ts";
import { takeOut } from "../../redaction/take-out.ts";
import { OrderRefused } from "./refusals.ts";
import type { LocalTemplate } from "./template.ts";

export interface ProcessEnvironment {
  readonly variables: Readonly<Record<string, string>>;
  /** What must not appear in anything that is shown or recorded: secrets in all their spellings. */
  readonly secrets: readonly string[];
}

/**
 * Everything a process gets, and nothing else of the platform's own environment. What Slipway says wins over what the
 * configuration says: a `DATABASE_URL` meant for `npm run dev` must not make three environments share a database.
 */
export async function processEnvironment(input: {
  readonly root: string;
  readonly template: LocalTemplate;
  readonly databaseUrl: string;
  readonly told: Readonly<Record<string, string>>;
}): Promise<ProcessEnvironment> {
  const { root, template, databaseUrl, told } = input;
  const fromFile = template.envFile === null ? {} : await readEnvFile(root, template.envFile);
  return {
    variables: {
      ...inherited(),
      ...template.env,
      ...fromFile,
      [template.database]: databaseUrl,
      ...told,
    },
    secrets: spellingsOf([...secretsOfFile(fromFile), ...passwordOf(databaseUrl)]),
  };
}

/** `node` in a run command is the Node that runs the platform, whatever else is installed. */
function inherited(): Record<string, string> {
  const path = [dirname(process.execPath), process.env.PATH ?? "/usr/local/bin:/usr/bin:/bin"].join(delimiter);
  const kept = ["HOME", "TMPDIR", "LANG"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { PATH: path, ...Object.fromEntries(kept) };
}

async function readEnvFile(root: string, name: string): Promise<Record<string, string>> {
  const path = join(root, name);
  const inside = relative(root, path);
  if (isAbsolute(name) || inside.startsWith("..")) throw new OrderRefused(`env_file ${name} is outside of ${root}`);
  try {
    return Object.fromEntries(
      Object.entries(parseEnv(await readFile(path, "utf8"))).flatMap(([key, value]) =>
        value === undefined ? [] : [[key, value]],
      ),
    );
  } catch (cause) {
    throw new OrderRefused(`env_file ${name} cannot be read`, { cause });
  }
}

const spellingsOf = (values: readonly string[]): readonly string[] => [
  ...new Set(values.filter((value) => value.trim().length >= shortest).flatMap(formsOf)),
];

/** By the list that it looks for: making one costs as much as many lines. */
const matchers = new WeakMap<readonly string[], SecretMatcher>();

/** Of a line that ends within a secret, or begins there, that piece is hidden too: programs break long lines. */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  const matcher = matchers.get(secrets) ?? new SecretMatcher(secrets);
  matchers.set(secrets, matcher);
  const places: Place[] = [];
  matcher.find(text, places);
  return places.length === 0 ? text : takeOut(text, places);
}
