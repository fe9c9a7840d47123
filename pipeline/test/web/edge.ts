import crypto from "node:crypto";
import { createContext, runInContext } from "node:vm";
import { viewerRequestFunction } from "../../src/aws/web/viewer-request.ts";

export interface EdgeRequest {
  readonly method: string;
  /** Path as it was sent. */
  readonly uri: string;
  readonly headers: Readonly<Record<string, string>>;
}
/** What CloudFront does next: asks its origin for a path, or answers by itself. */
type EdgeDecision = { readonly origin: string } | { readonly status: number };
export type Edge = (request: EdgeRequest) => Promise<EdgeDecision>;

type Handler = (event: object) => Promise<{ readonly uri?: string; readonly statusCode?: number }>;

/** The function as it is shipped, on an engine of its own; of its runtime there are the two modules that it imports. */
export function openEdge(values: { get(key: string): Promise<string | undefined> }): Edge {
  const kvs = {
    get: async (key: string) => {
      const value = await values.get(key);
      // The runtime throws for a key that is not there.
      if (value === undefined) throw new Error("KeyNotFound");
      return value;
    },
    exists: async (key: string) => (await values.get(key)) !== undefined,
  };
  const code = viewerRequestFunction().replace(/^import (\w+) from "(\w+)";$/gm, 'const $1 = modules["$2"];');
  const context = createContext({
    modules: { cloudfront: { kvs: () => kvs }, crypto },
    decodeURIComponent,
    encodeURIComponent,
  });
  const handler = runInContext(`${code}\nhandler`, context) as Handler;
  return async ({ method, uri, headers }) => {
    const named = Object.entries(headers).map(([name, text]) => [name, headerOf(text)]);
    const { uri: origin, statusCode } = await handler({ request: { method, uri, headers: Object.fromEntries(named) } });
    return origin === undefined ? { status: statusCode ?? 0 } : { origin };
  };
}

/** One that is there several times has its last value, and all of them beside it. */
function headerOf(text: string): object {
  const values = text.split(", ").map((value) => ({ value }));
  return values.length === 1 ? { value: text } : { ...values.at(-1), multiValue: values };
}

/** Key that S3 takes an origin's path for: it decodes it, and reads + as a space. */
export const keyOfOrigin = (prefix: string, origin: string): string =>
  `${prefix}${decodeURIComponent(origin.replaceAll("+", " "))}`;
