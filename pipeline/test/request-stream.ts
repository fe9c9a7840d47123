import { request } from "node:http";

export interface StreamReport {
  readonly answered: number;
  /** One line each. */
  readonly failed: readonly string[];
  /** Bodies seen. */
  readonly bodies: ReadonlySet<string>;
}

/** Asks the same path again and again, several at a time, until it is ended. */
export class RequestStream {
  readonly #failed: string[] = [];
  readonly #bodies = new Set<string>();
  readonly #workers: readonly Promise<void>[];
  #answered = 0;
  #isOver = false;

  constructor(url: string, method: "GET" | "POST" = "GET", atOnce = 4) {
    this.#workers = Array.from({ length: atOnce }, () => this.#work(url, method));
  }

  get answered(): number {
    return this.#answered;
  }

  async end(): Promise<StreamReport> {
    this.#isOver = true;
    await Promise.all(this.#workers);
    return { answered: this.#answered, failed: this.#failed, bodies: this.#bodies };
  }

  async #work(url: string, method: string): Promise<void> {
    while (!this.#isOver) {
      const answer = await ask(url, { method });
      if (answer.status === 200) this.#bodies.add(answer.body);
      else this.#failed.push(`${answer.status} ${answer.body}`);
      this.#answered += 1;
    }
  }
}

export interface Answer {
  /** 0: there was none. */
  readonly status: number;
  readonly body: string;
  readonly headers: NodeJS.Dict<string | string[]>;
}

/** One request on a connection of its own; a failure is an answer too. */
export function ask(
  url: string,
  options: { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve) => {
    const fail = (error: Error) => resolve({ status: 0, body: error.message, headers: {} });
    const { method = "GET", headers = {}, body } = options;
    const asked = request(url, { method, headers, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("error", fail);
      answer.on("end", () =>
        resolve({
          status: answer.statusCode ?? 0,
          body: Buffer.concat(chunks).toString("utf8"),
          headers: answer.headers,
        }),
      );
    });
    asked.on("error", fail);
    asked.end(body);
  });
}
