import { once } from "node:events";
import { createServer } from "node:net";

/** `preferred` when nobody listens on it, else one that was free a moment ago: whoever uses it must be ready to ask again. */
export async function findFreePort(preferred: number | null): Promise<number> {
  if (preferred !== null && (await canListen(preferred)) !== null) return preferred;
  const port = await canListen(0);
  if (port === null) throw new Error("no free port on 127.0.0.1");
  return port;
}

async function canListen(port: number): Promise<number | null> {
  const server = createServer();
  try {
    server.listen({ port, host: "127.0.0.1", exclusive: true });
    await once(server, "listening");
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : null;
  } catch {
    return null;
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}
