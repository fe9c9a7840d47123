import { createServer, type IncomingMessage, type Server, type ServerResponse, request as send } from "node:http";
import { buffer } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { type CloudFrontKeyValueStoreClient, GetKeyCommand } from "@aws-sdk/client-cloudfront-keyvaluestore";
import { DescribeTasksCommand, type ECSClient, ListTasksCommand, type Task } from "@aws-sdk/client-ecs";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { type Edge, keyOfOrigin, openEdge } from "../web/edge.ts";

export interface FrontInput {
  readonly ecs: ECSClient;
  readonly s3: S3Client;
  readonly keyValueStore: { readonly client: CloudFrontKeyValueStoreClient; readonly arn: string };
  readonly cluster: string;
  /** Prefixes of paths, and the ECS service that answers them on port 8080. */
  readonly routes: Readonly<Record<string, string>>;
  readonly bucket: string;
  readonly prefix: string;
}
const servicePort = 8080;
const patienceMilliseconds = 8_000;

/**
 * What stands before an environment, since no emulator carries requests there: paths of services go to a task that runs, as a load balancer sends
 * them, and all others through the function that CloudFront runs, to the bucket.
 */
export class Front {
  readonly #input: FrontInput;
  readonly #edge: Edge;
  readonly #server: Server;

  constructor(input: FrontInput) {
    this.#input = input;
    const { client, arn: KvsARN } = input.keyValueStore;
    this.#edge = openEdge({
      get: async (Key) => (await client.send(new GetKeyCommand({ KvsARN, Key })).catch(() => null))?.Value,
    });
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("it listens nowhere");
    return `http://127.0.0.1:${address.port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = "/", method = "GET" } = request;
    const prefix = Object.keys(this.#input.routes).find((path) => url.startsWith(path));
    if (prefix !== undefined) return await this.#pass(this.#input.routes[prefix] ?? "", request, response);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const decision = await this.#edge({ method, uri: url.split("?")[0] ?? "/", headers });
    if ("status" in decision) response.writeHead(decision.status).end();
    else await this.#serve(decision.origin, response);
  }

  async #serve(origin: string, response: ServerResponse): Promise<void> {
    const { s3, bucket, prefix } = this.#input;
    const Key = keyOfOrigin(prefix, origin);
    const found = await s3.send(new GetObjectCommand({ Bucket: bucket, Key })).catch(() => null);
    if (!found?.Body) response.writeHead(404).end();
    else {
      response.writeHead(200, { "content-type": found.ContentType ?? "", "cache-control": found.CacheControl ?? "" });
      response.end(await found.Body.transformToByteArray());
    }
  }

  /**
   * A load balancer takes a task out before it is stopped, so one that no longer listens is passed over; and it asks a new one itself before it counts,
   * which the emulator does not wait for: one that does not listen yet is waited for.
   */
  async #pass(service: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const end = performance.now() + patienceMilliseconds;
    do {
      for (const host of await this.#addressesOf(service)) {
        const answer = await ask(host, request, body).catch(() => null);
        if (answer === null) continue;
        response.writeHead(answer.status, answer.headers).end(answer.body);
        return;
      }
      await delay(100);
    } while (performance.now() < end);
    response.writeHead(503).end();
  }

  async #addressesOf(serviceName: string): Promise<readonly string[]> {
    const { ecs, cluster } = this.#input;
    const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster, serviceName }));
    if (taskArns.length === 0) return [];
    const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
    return tasks
      .filter(({ lastStatus, desiredStatus }) => lastStatus === "RUNNING" && desiredStatus === "RUNNING")
      .flatMap(addressOf);
  }
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

const ask = (host: string, { method, url, headers }: IncomingMessage, body: Buffer): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = send({ host, port: servicePort, method, path: url, headers, agent: false }, (answer) => {
      buffer(answer).then(
        (bytes) => resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: bytes }),
        reject,
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });

const addressOf = ({ attachments = [] }: Task): readonly string[] =>
  attachments
    .flatMap(({ details = [] }) => details)
    .filter(({ name }) => name === "privateIPv4Address")
    .flatMap(({ value }) => (value === undefined ? [] : [value]));
