import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { loadPage } from "../../src/board/page.ts";
import type { Document } from "../../src/output.ts";
import { anError } from "./fixtures/error.ts";
import { figures } from "./fixtures/figures.ts";
import { board, releases } from "./fixtures/ladder.ts";
import { failedEpoch, historyOf, logOf } from "./fixtures/record.ts";
import { whyProd } from "./fixtures/rules.ts";
import { journey, timeline } from "./fixtures/runs.ts";

/** The policy of the board's own server. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

type AnswerFor = (query: URLSearchParams) => Document;
/** hang: a request is never answered; gone: its connection is cut. */
type Mood = "answers" | "hang" | "gone";

/** Answers what the page asks for from documents that a test can replace: the contract of documents.ts, and nothing behind it. */
export class FixtureServer implements AsyncDisposable {
  mood: Mood = "answers";
  /** By path, without the query. */
  readonly answers = new Map<string, AnswerFor>([
    ["/api/board", () => board],
    ["/api/releases", () => releases],
    ["/api/timeline", (query) => timeline(Number(query.get("days")))],
    [`/api/journey/${journey.sha}`, () => journey],
    ["/api/why/prod", (query) => whyProd(query.get("asOf"))],
    ["/api/history/staging/43", () => historyOf(failedEpoch)],
    [
      "/api/log/staging/43/5",
      () =>
        logOf([
          '{"level":"info","msg":"listening"}',
          '{"level":"fatal","msg":"relation \\"settings\\" does not exist"}',
        ]),
    ],
    ["/api/figures", (query) => figures(query.get("days") === "30" ? 30 : 90)],
  ]);
  /** Path and query of each request under /api. */
  readonly asked: string[] = [];
  readonly #server: Server;
  readonly #hanging = new Set<ServerResponse>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<FixtureServer> {
    const { html, script, style } = await loadPage();
    const files: Readonly<Record<string, readonly [type: string, bytes: Uint8Array]>> = {
      "/": ["text/html; charset=utf-8", html],
      "/board.js": ["text/javascript; charset=utf-8", script],
      "/board.css": ["text/css; charset=utf-8", style],
    };
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? "/", "http://board");
      response.setHeader("content-security-policy", policy);
      const file = files[url.pathname];
      if (file) {
        response.setHeader("content-type", file[0]);
        response.end(file[1]);
        return;
      }
      if (url.pathname.startsWith("/api/")) return fixture.#answer(url, response);
      response.statusCode = 404;
      response.end();
    });
    const fixture = new FixtureServer(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return fixture;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  #answer(url: URL, response: ServerResponse): void {
    this.asked.push(`${url.pathname}${url.search}`);
    if (this.mood === "gone") {
      response.destroy();
      return;
    }
    if (this.mood === "hang") {
      this.#hanging.add(response);
      return;
    }
    const document =
      this.answers.get(url.pathname)?.(url.searchParams) ??
      anError({ code: "usage", exit: 2, message: `nothing at ${url.pathname}.` });
    response.statusCode = document.kind === "error" ? 400 : 200;
    response.setHeader("content-type", "application/json; charset=utf-8");
    response.end(JSON.stringify(document));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}
