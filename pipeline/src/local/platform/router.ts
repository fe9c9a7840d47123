import { once } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { http } from "../http.ts";
import { type Doubt, doubtOf, doubtOfUpgrade, mostHeaders } from "./doubtful.ts";
import type { Instance } from "./instance.ts";
import { proxyRequest, sayPlainly } from "./proxy.ts";
import { PortTaken } from "./refusals.ts";
import { isLoopbackHost, readTarget } from "./request-path.ts";
import { type Route, routeOf } from "./routes.ts";
import { proxyUpgrade, refuseUpgrade } from "./upgrade.ts";

/** What the router asks of the environment, anew for each request. */
export interface RouteSource {
  routes(): readonly Route<string>[];
  /** Healthy instances of what serves, in any order. */
  instances(service: string): readonly Instance[];
  serveWeb(incoming: IncomingMessage, answer: ServerResponse, path: string): Promise<void>;
}

/** In milliseconds: a client that sends its headers or body a byte at a time is cut off. */
export interface RouterLimits {
  readonly headersTimeout: number;
  readonly requestTimeout: number;
  readonly connectionsCheckingInterval: number;
  /** Of a page, by somebody who takes none of it; a service's answer may pause as long as it likes. */
  readonly readerTimeout?: number;
}
const usualReaderTimeout = 60_000;
const usualLimits: RouterLimits = {
  headersTimeout: 10_000,
  requestTimeout: 120_000,
  connectionsCheckingInterval: 2_000,
};

/** Under way on one connection at a time; a client that asks for more at once has it closed. */
const mostUnderWay = 100;
const goodbyeMilliseconds = 1_000;

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly answer: ServerResponse;
}

/** The one address of an environment: services by path, pages for the rest. On the loopback address only. */
export class Router {
  readonly #source: RouteSource;
  readonly #server: Server;
  readonly #readerTimeout: number;
  /** Not answered to the end yet, in order, by connection. */
  readonly #underWay = new WeakMap<Duplex, Set<Exchange>>();
  #turn = 0;

  constructor(source: RouteSource, { readerTimeout = usualReaderTimeout, ...limits }: RouterLimits = usualLimits) {
    this.#source = source;
    this.#readerTimeout = readerTimeout;
    const sizes = { keepAliveTimeout: 30_000, maxHeaderSize: 16 * 1024 };
    this.#server = http.createServer({ ...limits, ...sizes }, (incoming, answer) => {
      if (this.#follow({ incoming, answer })) this.#answer(incoming, answer);
    });
    this.#server.maxHeadersCount = mostHeaders;
    this.#server.on("upgrade", (incoming, socket, head) => this.#upgrade(incoming, socket, head));
    this.#server.on("clientError", (_error, socket) => this.#giveUp(socket));
  }

  /** @throws PortTaken */
  async listen(port: number): Promise<void> {
    try {
      this.#server.listen({ host: "127.0.0.1", port, exclusive: true });
      await once(this.#server, "listening");
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === "EADDRINUSE" ? new PortTaken(port, error) : error;
    }
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /** False: it is one too many, and the connection is closed. */
  #follow(exchange: Exchange): boolean {
    const { socket } = exchange.incoming;
    const open = this.#underWay.get(socket) ?? new Set();
    this.#underWay.set(socket, open.add(exchange));
    exchange.answer.once("close", () => open.delete(exchange));
    if (open.size > mostUnderWay) socket.destroy();
    return !socket.destroyed;
  }

  /** What comes on this connection is no HTTP. A client must not take the word about that for an answer to something else. */
  #giveUp(socket: Duplex): void {
    const open = [...(this.#underWay.get(socket) ?? [])];
    const last = open.at(-1);
    if (last?.incoming.complete) {
      // Whatever was asked before is answered.
      last.answer.once("close", () => socket.end());
    } else if (socket.writable && (last === undefined || (open.length === 1 && !last.answer.headersSent))) {
      socket.end("HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n");
      setTimeout(() => socket.destroy(), goodbyeMilliseconds).unref();
    } else {
      socket.destroy();
    }
  }

  #answer(incoming: IncomingMessage, answer: ServerResponse): void {
    const target = this.#accept(incoming);
    if (target.status !== 200) {
      // Where it ends is in doubt too: nothing after it is taken for a request.
      if (doubtOf(incoming) !== null) answer.setHeader("connection", "close");
      incoming.resume();
      sayPlainly(answer, target.status, target.message);
      return;
    }
    const service = routeOf(this.#source.routes(), target.path);
    if (service !== null) {
      proxyRequest(incoming, answer, service, (tried) => this.#choose(service, tried));
      return;
    }
    answer.setTimeout(this.#readerTimeout, () => answer.destroy());
    this.#source
      .serveWeb(incoming, answer, target.path)
      .catch(() => sayPlainly(answer, 500, "the file cannot be read"));
  }

  #upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    const target = this.#accept(incoming, doubtOfUpgrade(incoming));
    const service = target.status === 200 ? routeOf(this.#source.routes(), target.path) : null;
    const instance = service === null ? null : this.#choose(service, []);
    if (instance) proxyUpgrade(incoming, socket, head, instance);
    else if (target.status !== 200) refuseUpgrade(socket, target.status, target.message);
    else if (service === null) refuseUpgrade(socket, 404, "no service takes this path");
    else refuseUpgrade(socket, 503, `no instance of ${service} could take the request`);
  }

  #accept(
    incoming: IncomingMessage,
    doubt: Doubt | null = null,
  ): { readonly status: 200; readonly path: string } | { readonly status: 421; readonly message: string } | Doubt {
    if (!isLoopbackHost(incoming.headers.host)) {
      return { status: 421, message: "this address answers for names of this machine only" };
    }
    const doubts = doubtOf(incoming) ?? doubt;
    if (doubts !== null) return doubts;
    const target = readTarget(incoming.url ?? "");
    return target.status === "refused" ? { status: 400, message: target.because } : { status: 200, path: target.path };
  }

  /** The one with the fewest requests under way; among equals they take turns. */
  #choose(service: string, tried: readonly Instance[]): Instance | null {
    const free = this.#source.instances(service).filter((instance) => !tried.includes(instance));
    const least = Math.min(...free.map((instance) => instance.inFlight));
    const idle = free.filter((instance) => instance.inFlight === least);
    this.#turn = (this.#turn + 1) % Number.MAX_SAFE_INTEGER;
    return idle[this.#turn % idle.length] ?? null;
  }
}
