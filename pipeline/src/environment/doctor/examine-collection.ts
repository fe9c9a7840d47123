import { UnreadableObjectError } from "../../errors.ts";
import type { Sha } from "../../identifiers.ts";
import type { ObjectStore } from "../../ports.ts";
import { readRetention } from "../../release/collection/retention.ts";
import { inParallel } from "../../release/in-parallel.ts";
import { listMarkedShas, listReleaseShas } from "../../release/list-releases.ts";
import { examined, type Finding, no, ok, putBack } from "./finding.ts";

/** Whether a collection could tell what is needed: one mark that cannot be read stops it. A read each of commits that have one. */
export async function examineCollection(store: ObjectStore): Promise<readonly Finding[]> {
  return await examined("collection", async () => {
    const marked = await listMarkedShas(store);
    const looks = await inParallel(marked, async (sha) => ({ sha, unreadable: await whyUnreadable(store, sha) }));
    const bad = looks.flatMap(({ sha, unreadable }) => (unreadable ? [{ sha, unreadable }] : []));
    if (bad.length === 0) return marked.length === 0 ? [] : [ok("collection", `${marked.length} marks read`)];
    const published = new Set(await listReleaseShas(store));
    return bad.map(({ sha, unreadable: { key, message } }) => {
      const instead = published.has(sha)
        ? `remove it, then promote build --sha ${sha}`
        : "remove it: nothing of that commit is published";
      return no("collection", `${message}; nothing is collected until it can be`, putBack(key, instead));
    });
  });
}

async function whyUnreadable(store: ObjectStore, sha: Sha): Promise<UnreadableObjectError | null> {
  try {
    await readRetention(store, sha);
    return null;
  } catch (error) {
    if (error instanceof UnreadableObjectError) return error;
    throw error;
  }
}
