import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { PortError } from "../../errors.ts";
import type { Permit } from "../../ports.ts";
import { type Challenge, parseChallenges } from "./challenge.ts";

export interface OciCredentials {
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
  /** Below the repository: `manifests/sha256:…`; or where the registry said that an upload goes. */
  readonly path: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** Only its headers are wanted. */
  readonly head?: boolean;
  /** Present: it is put. Checked before each attempt. */
  readonly put?: Put;
}
interface Put {
  readonly method?: "POST";
  readonly permit: Pick<Permit, "check" | "signal">;
  /** A stream is read once: what is sent so is sent once, and takes its time. */
  readonly body: string | Readable;
}
export interface OciAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

const attemptMilliseconds = 20_000;
const streamMilliseconds = 15 * 60_000;
const attempts = 3;
/** Too much to do, or nobody behind the gateway: worth another attempt, since all that is asked here may be asked twice. */
const passing: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);
const loopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/** Whoever asks is known, and may not. */
export class RegistryDeniedError extends PortError {
  /** What the registry says of it, as it says it. */
  readonly answer: string;
  constructor(call: string, because: string, answer: string) {
    super(call, "none", because);
    this.answer = answer;
  }
}

/**
 * Requests to one repository of a registry, by the distribution specification
 * (https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md) with the token authentication of
 * https://distribution.github.io/distribution/spec/auth/token/. Credentials go to the registry itself, or to the https realm it names.
 */
export class OciClient {
  readonly #origin: URL;
  readonly #repository: string;
  readonly #credentials: () => Promise<OciCredentials | null>;
  /** By what it opens: a token for pulling opens nothing for pushing. */
  readonly #authorizations = new Map<"pull" | "push", string>();

  /** @throws RangeError for an origin that is neither https nor on this machine, or that has a password in it */
  constructor({ origin, repository, credentials }: OciClientInput) {
    const url = URL.parse(origin);
    const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && loopback.test(url.hostname));
    if (!url || !isSafe || url.username !== "" || url.password !== "" || url.pathname !== "/")
      throw new RangeError("a registry is named by https and its host alone");
    this.#origin = url;
    this.#repository = repository;
    this.#credentials = credentials ?? (async () => null);
  }

  get name(): string {
    return `${this.#origin.host}/${this.#repository}`;
  }

  denied(call: string, { status, bytes }: OciAnswer): RegistryDeniedError {
    const because = `${this.name} answers ${status}: the credentials do not open it`;
    return new RegistryDeniedError(call, because, Buffer.from(bytes).toString());
  }

  /** Where an upload goes on: on this registry alone. */
  urlOf(location: string): URL | null {
    const url = URL.parse(location, this.#origin.href);
    return url?.origin === this.#origin.origin ? url : null;
  }

  /** An answer of any status but 401 is an answer. @throws PortError; LeaseLostError of the permit */
  async ask(call: string, ask: Ask, longestBytes: number): Promise<OciAnswer> {
    const effect = ask.put ? "possible" : "none";
    const first = await this.#send(call, ask);
    const challenges = this.#challengesOf(first, ask);
    if (challenges === null) return await readAnswer(call, first, longestBytes, effect);
    await first.body?.cancel();
    const kind = ask.put ? "push" : "pull";
    const authorization = await this.#authorize(call, challenges, kind);
    // Who it is opens both; a token only what it is for.
    this.#authorizations.set(kind, authorization);
    if (authorization.startsWith("Basic ")) this.#authorizations.set(kind === "push" ? "pull" : "push", authorization);
    const second = await this.#send(call, ask);
    if (second.status === 401 || second.status === 403) {
      throw this.denied(call, await readAnswer(call, second, longestBytes, "none"));
    }
    return await readAnswer(call, second, longestBytes, effect);
  }

  /** Null: nothing to answer. A layer's host that asks on its own account is not the registry, and is told nothing. */
  #challengesOf(answer: Response, { put }: Ask): readonly Challenge[] | null {
    const isOurs = URL.parse(answer.url)?.origin === this.#origin.origin;
    const mayLack = put !== undefined && answer.status === 403 && !this.#authorizations.has("push");
    if (!isOurs || !(answer.status === 401 || mayLack)) return null;
    const header = answer.headers.get("www-authenticate");
    return header === null ? null : parseChallenges(header);
  }

  async #send(call: string, ask: Ask): Promise<Response> {
    for (let attempt = 1; ; attempt += 1) {
      ask.put?.permit.check();
      const isLast =
        attempt === attempts || ask.put?.permit.signal.aborted === true || ask.put?.body instanceof Readable;
      const answer = await this.#sendOnce(ask).catch((error: unknown) => {
        if (!isLast) return null;
        throw new PortError(call, ask.put ? "possible" : "none", `${this.name}: ${whyNot(error)}`);
      });
      if (answer && (isLast || !passing.has(answer.status))) return answer;
      await answer?.body?.cancel();
      await delay(250 * 4 ** (attempt - 1), undefined, { signal: ask.put?.permit.signal }).catch(() => undefined);
    }
  }

  #sendOnce({ path, headers, head, put }: Ask): Promise<Response> {
    const authorization = this.#authorizations.get(put ? "push" : "pull");
    const url = path instanceof URL ? path : new URL(`/v2/${this.#repository}/${path}`, this.#origin);
    const longest = put?.body instanceof Readable ? streamMilliseconds : attemptMilliseconds;
    return fetch(url, {
      method: put ? (put.method ?? "PUT") : head ? "HEAD" : "GET",
      headers: { ...headers, ...(authorization ? { authorization } : {}) },
      signal: AbortSignal.any([AbortSignal.timeout(longest), ...(put ? [put.permit.signal] : [])]),
      // Node's fetch takes its streams; a browser's, by whose types the board is checked, would not.
      ...(put ? { body: put.body as string, duplex: "half" } : {}),
    });
  }

  async #authorize(call: string, challenges: readonly Challenge[], kind: "pull" | "push"): Promise<string> {
    const no = (because: string) => new PortError(call, "none", `${this.name} ${because}`);
    const credentials = await this.#credentials().catch((error: unknown) => {
      if (error instanceof PortError) throw error;
      throw no(`asks who this is, and that could not be found out: ${whyNot(error)}`);
    });
    const basic = credentials
      ? `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64")}`
      : null;
    const url = challenges.map((challenge) => this.#tokenUrlOf(challenge, kind)).find((found) => found !== null);
    if (url) return await this.#fetchToken(call, url, basic);
    if (!challenges.some(({ scheme }) => scheme === "basic"))
      throw no("asks for a token in a way that is not known here");
    if (basic === null)
      throw new RegistryDeniedError(call, `${this.name} asks who this is, and no credentials are set`, "");
    return basic;
  }

  async #fetchToken(call: string, url: URL, basic: string | null): Promise<string> {
    const answer = await fetch(url, {
      headers: basic === null ? {} : { authorization: basic },
      redirect: "error",
      signal: AbortSignal.timeout(attemptMilliseconds),
    }).catch((error: unknown) => {
      throw new PortError(call, "none", `${url.host}: ${whyNot(error)}`);
    });
    const { bytes } = await readAnswer(call, answer, 2 ** 20, "none");
    const token = answer.ok ? tokenOf(Buffer.from(bytes).toString()) : null;
    if (token === null)
      throw new PortError(call, "none", `${url.host} gave no token for ${this.name}: ${answer.status}`);
    return `Bearer ${token}`;
  }

  /** Null: not a challenge for a token, or one whose realm would get the credentials in the clear. */
  #tokenUrlOf({ scheme, fields }: Challenge, kind: "pull" | "push"): URL | null {
    const url = scheme === "bearer" ? URL.parse(fields.get("realm") ?? "") : null;
    if (url === null) return null;
    const isOwn = this.#origin.protocol === "http:" && url.hostname === this.#origin.hostname;
    if (url.protocol !== "https:" && !isOwn) return null;
    const service = fields.get("service");
    if (service !== undefined) url.searchParams.set("service", service);
    // Some registries name what would do for reading, whatever was asked.
    url.searchParams.set("scope", `repository:${this.#repository}:${kind === "push" ? "pull,push" : "pull"}`);
    return url;
  }
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
    const bytes = await readAtMost(answer, longestBytes);
    return { status: answer.status, headers: answer.headers, bytes };
  } catch (error) {
    throw new PortError(call, effect, whyNot(error));
  }
}

/** @throws Error for a longer one */
export async function readAtMost(answer: Response, longestBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.length;
    if (bytes > longestBytes) throw new Error(`the answer is longer than ${longestBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** What `fetch` failed of stands in its cause; addresses may have signatures in them, and are not told. */
export function whyNot(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message } = error.cause instanceof Error ? error.cause : error;
  return message.replaceAll(/https?:\/\/\S+/g, "an address");
}
