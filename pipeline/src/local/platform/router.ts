import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
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
}
const usualLimits: RouterLimits = {
  headersTimeout: 10_000,
  requestTimeout: 120_000,
  connectionsCheckingInterval: 2_000,
};

/** The one address of an environment: services by path, pages for the rest. On the loopback address only. */
export class Router {
  readonly #source: RouteSource;
  readonly #server: Server;
  #turn = 0;

  constructor(source: RouteSource, limits: RouterLimits = usualLimits) {
    this.#source = source;
    this.#server = createServer({ ...limits, keepAliveTimeout: 30_000, maxHeaderSize: 16 * 1024 }, (incoming, answer) =>
      this.#answer(incoming, answer),
    );
    this.#server.maxHeadersCount = 200;
    this.#server.on("upgrade", (incoming, socket, head) => this.#upgrade(incoming, socket, head));
    this.#server.on("clientError", (_error, socket) => {
      if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n");
    });
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

  #answer(incoming: IncomingMessage, answer: ServerResponse): void {
    const target = this.#accept(incoming);
    if (target.status !== 200) {
      incoming.resume();
      sayPlainly(answer, target.status, target.message);
      return;
    }
    const service = routeOf(this.#source.routes(), target.path);
    if (service !== null) {
      proxyRequest(incoming, answer, service, (tried) => this.#choose(service, tried));
      return;
    }
    this.#source
      .serveWeb(incoming, answer, target.path)
      .catch(() => sayPlainly(answer, 500, "the file cannot be read"));
  }

  #upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    const target = this.#accept(incoming);
    const service = target.status === 200 ? routeOf(this.#source.routes(), target.path) : null;
    const instance = service === null ? null : this.#choose(service, []);
    if (instance) proxyUpgrade(incoming, socket, head, instance);
    else if (target.status !== 200) refuseUpgrade(socket, target.status, target.message);
    else if (service === null) refuseUpgrade(socket, 404, "no service takes this path");
    else refuseUpgrade(socket, 503, `no instance of ${service} could take the request`);
  }

  #accept(incoming: IncomingMessage): { status: 200; path: string } | { status: 400 | 421; message: string } {
    if (!isLoopbackHost(incoming.headers.host)) {
      return { status: 421, message: "this address answers for names of this machine only" };
    }
    // Whoever stands before or behind us may read the other one (RFC 9112 §3.2).
    if (incoming.headersDistinct.host?.length !== 1) return { status: 400, message: "a request names one host" };
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
