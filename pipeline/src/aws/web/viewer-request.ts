import { readFileSync } from "node:fs";
import { endingsOfFiles } from "../../web/media-type.ts";

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-functions */
export const longestFunctionBytes = 10 * 1024;

/**
 * The function that CloudFront runs on each request for pages, as infrastructure ships it: for the runtime `cloudfront-js-2.0`, tied to the
 * environment's KeyValueStore, before an origin of the web bucket whose path is the prefix. It answers each URL with the file that the local
 * platform answers it with.
 */
export function viewerRequestFunction(): string {
  const source = readFileSync(new URL("./viewer-request.js", import.meta.url), "utf8");
  // What is said about it stays here: the limit counts comments.
  const bare = source.replace(/^ *\/\/.*\n/gm, "");
  return bare.replace("ENDINGS_OF_FILES", `;${endingsOfFiles.join(";")};`);
}
