import { PortError } from "../src/errors.ts";
import { FileObjectStore } from "../src/local/object-store.ts";

/*
 * A process of its own that counts up one object by compare-and-swap, together with others. Prints the counts that it
 * was told it wrote, and how often it was told that nobody knows.
 */
const [, , folder = "", wanted = "0"] = process.argv;
const store = new FileObjectStore(folder, { durable: false });
const key = "environments/prod/counter.json";
const written: number[] = [];
let unknown = 0;

async function countUp(): Promise<number | null> {
  const stored = await store.get(key);
  const count = stored ? (JSON.parse(new TextDecoder().decode(stored.body)) as { count: number }).count + 1 : 1;
  const body = new TextEncoder().encode(JSON.stringify({ count, by: process.pid }));
  const answer = stored ? await store.putIfMatch(key, body, stored.etag) : await store.putIfAbsent(key, body);
  return answer.status === "written" ? count : null;
}

while (written.length < Number(wanted)) {
  try {
    const count = await countUp();
    if (count !== null) written.push(count);
  } catch (error) {
    if (!(error instanceof PortError) || error.effect !== "possible") throw error;
    unknown += 1;
  }
}
process.stdout.write(JSON.stringify({ written, unknown }));
