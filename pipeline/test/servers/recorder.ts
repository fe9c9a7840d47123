import { once } from "node:events";
import { Agent } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { Instance } from "../../src/local/platform/instance.ts";
import { type Reading, readRequests } from "./read-requests.ts";

const well = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/** A service that writes down every byte that reaches it. It answers each whole request with what it was told to say. */
export class Recorder {
  /** Bytes as they are sent, after which the connection is closed if it says so. */
  says: { readonly answer: string; readonly closes?: boolean } = { answer: well };
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #received: string[] = [];
  #instance: Instance | null = null;

  constructor() {
    this.#server = createServer((socket) => this.#listen(socket));
  }

  async open(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    this.#instance = {
      port: (this.#server.address() as AddressInfo).port,
      agent: new Agent({ keepAlive: true }),
      inFlight: 0,
      requestsServed: 0,
    } as Instance;
  }

  /** As much of one as a request touches. */
  get instance(): Instance {
    if (this.#instance === null) throw new Error("it is not open");
    return this.#instance;
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#sockets.size;
  }

  sayToAll(text: string): void {
    for (const socket of this.#sockets) socket.write(text, "latin1");
  }

  /** Everything since it was asked last, a reading for each connection on which something came. */
  take(): readonly (Reading & { readonly bytes: string })[] {
    const taken = this.#received.filter((bytes) => bytes !== "").map((bytes) => ({ bytes, ...readRequests(bytes) }));
    this.instance.agent.destroy();
    for (const socket of this.#sockets) socket.destroy();
    this.#received = [];
    return taken;
  }

  close(): void {
    this.take();
    this.#server.close();
  }

  #listen(socket: Socket): void {
    const number = this.#received.push("") - 1;
    const mine = this.#received;
    let answered = 0;
    this.#sockets.add(socket);
    socket.setEncoding("latin1").on("data", (part: string) => {
      mine[number] += part;
      const { requests } = readRequests(mine[number] ?? "");
      for (; answered < requests.length; answered += 1) {
        socket.write(this.says.answer, "latin1");
        if (this.says.closes) socket.end();
      }
    });
    socket.on("error", () => socket.destroy()).on("close", () => this.#sockets.delete(socket));
  }
}
