import { once } from "node:events";
import type { Server } from "node:http";
import { UserError } from "@slipway/pipeline";
import Koa, { type Middleware, type ParameterizedContext } from "koa";
import { errorDocument, failureOf } from "../failure.ts";
import { type Document, redacted } from "../output.ts";
import { commandLine } from "../terminal/command-line.ts";
import { printableJson } from "../terminal/escape.ts";
import { loadPage, type Page } from "./page.ts";
import { routesOf } from "./routes.ts";
import { SharedAnswers } from "./shared-answers.ts";
import type { BoardWorld } from "./world.ts";

/** Everything that the page needs comes from here, and nothing of it may be framed, embedded or kept. */
const headers = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
} as const;
/** In milliseconds and bytes: a client that dribbles is cut off. */
const limits = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 2_000,
  keepAliveTimeout: 30_000,
  maxHeaderSize: 16 * 1024,
};

/** The board: a page and what it asks for, by GET and HEAD alone, on the loopback address alone. */
export class BoardServer {
  readonly #server: Server;
  readonly #shared: SharedAnswers;
  readonly #corrected: (port: number) => string;

  private constructor(server: Server, shared: SharedAnswers, world: BoardWorld) {
    this.#server = server;
    this.#shared = shared;
    this.#corrected = (port) => commandLine(world.call, { port: String(port) });
  }

  /** Looks at the store go on, though nobody waits for them any more. */
  get isLooking(): boolean {
    return this.#shared.underWay > 0;
  }

  static async create(world: BoardWorld): Promise<BoardServer> {
    const { isLoopbackHost } = await import("@slipway/pipeline/local");
    const shared = new SharedAnswers();
    const router = routesOf(world, (context, ask) => answer(context, world, () => shared.get(context.url, ask)));
    const app = new Koa();
    // A request that nobody waits for any more is no news.
    app.silent = true;
    app.use(guard(isLoopbackHost));
    app.use(pageOf(await loadPage()));
    app.use(router.routes());
    app.use((context) => say(context, 404, "Nothing is here."));
    const http = process.getBuiltinModule("node:http");
    return new BoardServer(http.createServer(limits, app.callback()), shared, world);
  }

  /** 0: any free port. @throws UserError `port-taken`, `usage` where it may not be used */
  async listen(port: number): Promise<number> {
    try {
      this.#server.listen({ host: "127.0.0.1", port, exclusive: true });
      await once(this.#server, "listening");
    } catch (error) {
      throw this.#notMine(port, error);
    }
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : port;
  }

  #notMine(port: number, cause: unknown): unknown {
    const { code } = cause as NodeJS.ErrnoException;
    const next = [this.#corrected(port < 65_000 ? Math.max(port + 10, 1024) : 0)];
    const why = { EADDRINUSE: "is taken by another process", EACCES: "may not be used by you" }[code ?? ""];
    if (why === undefined) return cause;
    const is = code === "EACCES" ? "usage" : "port-taken";
    return new UserError({ code: is, message: `port ${port} ${why}. Nothing was changed.`, next, cause });
  }

  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

/** Lets through what this machine's own page, or a person on it, asks for. */
const guard =
  (isLoopbackHost: (host: string | undefined) => boolean): Middleware =>
  async (context, next) => {
    context.set(headers);
    if (!isLoopbackHost(context.headers.host))
      return say(context, 421, "The board answers for names of this machine only.");
    if (context.path !== "/" && isFromElsewhere(context.get("sec-fetch-site")))
      return say(context, 403, "The board answers to its own page only.");
    if (context.method === "GET" || context.method === "HEAD") return next();
    context.set("allow", "GET, HEAD");
    say(context, 405, "The board only shows: GET and HEAD.");
  };

function pageOf({ html, script, style }: Page): Middleware {
  const files: Readonly<Record<string, readonly [string, Uint8Array]>> = {
    "/": ["text/html; charset=utf-8", html],
    "/board.js": ["text/javascript; charset=utf-8", script],
    "/board.css": ["text/css; charset=utf-8", style],
  };
  return async (context, next) => {
    const file = files[context.path];
    if (file === undefined) return next();
    context.type = file[0];
    context.body = Buffer.from(file[1]);
  };
}

/** Another site may lead here by a link; what its page asks for it could not read, and it has no business here. Browsers say so; a person's curl does not. */
const isFromElsewhere = (site: string): boolean => site === "cross-site" || site === "same-site";

function say(context: ParameterizedContext, status: number, text: string): void {
  context.status = status;
  context.type = "text/plain; charset=utf-8";
  context.body = `${text}\n`;
}

async function answer(context: ParameterizedContext, world: BoardWorld, ask: () => Promise<Document>): Promise<void> {
  const { redact } = world.call.redactor;
  let document: Document;
  try {
    document = await ask();
  } catch (error) {
    const failure = failureOf(error, redact);
    // What was asked wrongly is 400; what could not be looked at is not the asker's mistake.
    context.status = error instanceof UserError && error.code !== "store-unusable" ? 400 : 503;
    if (failure.stack !== null) world.call.shell.stderr(`${failure.stack}\n`);
    document = errorDocument(failure);
  }
  context.type = "application/json; charset=utf-8";
  context.body = printableJson(redacted(document, redact));
}
