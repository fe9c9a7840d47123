import { createServer } from "node:net";

const usual = 4600;
const needed = 4;

/** The usual ports if all of them are free, else the next run of free ones. */
export async function freePorts(): Promise<number> {
  for (let first = usual; first < usual + 2_000; first += 10) {
    const free = await Promise.all(Array.from({ length: needed }, (_, index) => isFree(first + index)));
    if (free.every(Boolean)) return first;
  }
  throw new Error(`no ${needed} neighbouring ports are free between ${usual} and ${usual + 2_000}`);
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
