import { readFile } from "node:fs/promises";
import { delimiter, dirname, isAbsolute, join, relative } from "node:path";
import { parseEnv } from "node:util";
import { type Place, SecretMatcher } from "../../redaction/secret-matcher.ts";
import { takeOut } from "../../redaction/take-out.ts";
import { OrderRefused } from "./refusals.ts";
import type { LocalTemplate } from "./template.ts";

export interface ProcessEnvironment {
  readonly variables: Readonly<Record<string, string>>;
  /** What must not appear in anything that is shown or recorded: secrets in all their spellings. */
  readonly secrets: readonly string[];
}

/** Values shorter than this are words, not secrets; hiding them would blot out half of a log. */
const shortestSecret = 8;
/** Nor is a single word a secret, which would be hidden in what the runner of migrations reports too, unless its name says so. */
const word = /^[A-Za-z]{1,19}$/;
const secretName = /SECRET|TOKEN|PASSW(OR)?D|PASSPHRASE|CREDENTIAL|PRIVATE|KEY$|WEBHOOK/i;

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
    secrets: spellingsOf([
      ...Object.entries(fromFile).flatMap(([name, value]) => [
        ...(word.test(value.trim()) && !secretName.test(name) ? [] : [value]),
        passwordOf(value),
      ]),
      passwordOf(databaseUrl),
    ]),
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

function passwordOf(url: string): string {
  if (!URL.canParse(url)) return "";
  const { password } = new URL(url);
  try {
    return decodeURIComponent(password);
  } catch {
    return password;
  }
}

/** The command line looks for more of them in what it shows; these keep secrets out of the platform's own files. */
function spellingsOf(values: readonly string[]): readonly string[] {
  const secrets = values
    .flatMap((value) => [value, ...value.split(/\r?\n/)].map((part) => part.trim()))
    .filter((value) => value.length >= shortestSecret);
  const spellings = secrets.flatMap((secret) => {
    const bytes = Buffer.from(secret);
    const backwards = [...secret].toReversed().join("");
    const inBase64 = [0, 1, 2].map((from) => bytes.subarray(from, from + Math.floor((bytes.length - from) / 3) * 3));
    return [
      secret,
      encodeURIComponent(secret.toWellFormed()),
      inJson(secret),
      inJson(inJson(secret)),
      bytes.toString("hex"),
      bytes.toString("hex").toUpperCase(),
      backwards,
      inJson(backwards),
      ...[bytes, ...inBase64].flatMap((part) => [part.toString("base64"), part.toString("base64url")]),
    ];
  });
  return [...new Set(spellings)].filter((one) => one.length >= shortestSecret);
}

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

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
