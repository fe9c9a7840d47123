import { setTimeout as delay } from "node:timers/promises";
import { PortError } from "../../errors.ts";

interface OciCredentials {
  readonly username: string;
  readonly password: string;
}
export interface OciClientInput {
  /** `https://ghcr.io`; plain http only for a registry on this machine. */
  readonly origin: string;
  readonly repository: string;
  /** Asked when the registry wants to know who it is; null: nobody. */
  readonly credentials?: () => Promise<OciCredentials | null>;
}
interface Ask {
  readonly method?: "GET" | "PUT";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}
export interface OciAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

const attemptMilliseconds = 20_000;
const attempts = 3;
/** Too much to do, or nobody behind the gateway: worth another attempt, since all that is asked here may be asked twice. */
const passing: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

/**
 * Requests to one repository of a registry, by the distribution specification
 * (https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md) with the token authentication of
 * https://distribution.github.io/distribution/spec/auth/token/. Credentials go to the registry itself, or to the https realm it names.
 */
export class OciClient {
  readonly #input: OciClientInput;
  #authorization: string | null = null;

  constructor(input: OciClientInput) {
    this.#input = input;
  }

  get name(): string {
    return `${new URL(this.#input.origin).host}/${this.#input.repository}`;
  }

  /** `path` below the repository. An answer of any status but 401 is an answer. @throws PortError */
  async ask(call: string, path: string, ask: Ask, longestBytes: number): Promise<OciAnswer> {
    const effect = ask.method === "PUT" ? "possible" : "none";
    const first = await this.#send(call, path, ask, effect);
    const challenge = first.status === 401 ? first.headers.get("www-authenticate") : null;
    if (challenge === null) return await readAnswer(call, first, longestBytes, effect);
    await first.body?.cancel();
    this.#authorization = await this.#authorize(call, challenge);
    const second = await this.#send(call, path, ask, effect);
    if (second.status === 401 || second.status === 403)
      throw new PortError(call, "none", `${this.name} answers ${second.status}: the credentials do not open it`);
    return await readAnswer(call, second, longestBytes, effect);
  }

  async #send(call: string, path: string, ask: Ask, effect: "none" | "possible"): Promise<Response> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.#sendOnce(path, ask).catch((error: unknown) => {
        if (attempt < attempts && !ask.signal?.aborted) return null;
        throw new PortError(call, effect, `${this.name}: ${causeOf(error)}`, { cause: error });
      });
      if (answer && !(passing.has(answer.status) && attempt < attempts)) return answer;
      await answer?.body?.cancel();
      await delay(250 * 4 ** (attempt - 1));
    }
  }

  #sendOnce(path: string, ask: Ask): Promise<Response> {
    const { origin, repository } = this.#input;
    const signals = [AbortSignal.timeout(attemptMilliseconds), ...(ask.signal ? [ask.signal] : [])];
    return fetch(`${origin}/v2/${repository}/${path}`, {
      method: ask.method ?? "GET",
      headers: { ...ask.headers, ...(this.#authorization ? { authorization: this.#authorization } : {}) },
      signal: AbortSignal.any(signals),
      ...(ask.body === undefined ? {} : { body: ask.body }),
    });
  }

  async #authorize(call: string, challenge: string): Promise<string> {
    const credentials = (await this.#input.credentials?.()) ?? null;
    const basic = credentials
      ? `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64")}`
      : null;
    if (/^basic\b/i.test(challenge)) {
      if (basic === null)
        throw new PortError(call, "none", `${this.name} asks who this is, and no credentials are set`);
      return basic;
    }
    const url = tokenUrlOf(challenge, this.#input.origin);
    if (url === null)
      throw new PortError(call, "none", `${this.name} asks for a token in a way that is not known here`);
    const answer = await fetch(url, {
      headers: basic === null ? {} : { authorization: basic },
      signal: AbortSignal.timeout(attemptMilliseconds),
    }).catch((error: unknown) => {
      throw new PortError(call, "none", `${url.host}: ${causeOf(error)}`, { cause: error });
    });
    const { text } = await readAnswer(call, answer, 2 ** 20, "none");
    const token = answer.ok ? tokenOf(text) : null;
    if (token === null)
      throw new PortError(call, "none", `${url.host} gave no token for ${this.name}: ${answer.status}`);
    return `Bearer ${token}`;
  }
}

/** Null: not a challenge for a token, or one whose realm would get the credentials in the clear. */
function tokenUrlOf(challenge: string, origin: string): URL | null {
  if (!/^bearer\b/i.test(challenge)) return null;
  const fields = new Map(
    [...challenge.matchAll(/([a-z]+)="([^"]*)"/gi)].map(([, name = "", value = ""]) => [name, value]),
  );
  const url = URL.parse(fields.get("realm") ?? "");
  if (url === null || (url.protocol !== "https:" && url.hostname !== new URL(origin).hostname)) return null;
  for (const name of ["service", "scope"]) {
    const value = fields.get(name);
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return url;
}

function tokenOf(text: string): string | null {
  try {
    const { token, access_token } = JSON.parse(text) as { readonly token?: unknown; readonly access_token?: unknown };
    const found = token ?? access_token;
    return typeof found === "string" && found !== "" ? found : null;
  } catch {
    return null;
  }
}

async function readAnswer(
  call: string,
  answer: Response,
  longestBytes: number,
  effect: "none" | "possible",
): Promise<OciAnswer> {
  try {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of answer.body ?? []) {
      bytes += chunk.length;
      if (bytes > longestBytes) throw new Error(`the answer is longer than ${longestBytes} bytes`);
      chunks.push(chunk);
    }
    return { status: answer.status, headers: answer.headers, text: Buffer.concat(chunks).toString() };
  } catch (error) {
    throw new PortError(call, effect, causeOf(error), { cause: error });
  }
}

/** What `fetch` failed of stands in its cause. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
