// Runs at every edge of CloudFront, on each request for pages: runtime cloudfront-js-2.0, viewer request, no caches before it.
import cf from "cloudfront";
// biome-ignore lint/style/useNodejsImportProtocol: the runtime knows this name alone
import crypto from "crypto";

const keyValueStore = cf.kvs();
const nothingLive = { fallback: null, bits: 0, files: ";" };
// Endings of names that are no page's, between semicolons; filled in when it is shipped.
const endingsOfFiles = "ENDINGS_OF_FILES";

// biome-ignore lint/correctness/noUnusedVariables: the runtime calls it
async function handler(event) {
  const request = event.request;
  if (request.method !== "GET" && request.method !== "HEAD") return answer(405, "Method Not Allowed");
  const path = pathOf(request.uri);
  if (path === null) return answer(400, "Bad Request");
  const live = await readLive();
  const file = await findFile(live, path);
  if (file) request.uri = `/entries/${file}/${encode(path)}`;
  else if (file === null && live.fallback && isNavigation(request.headers, path))
    request.uri = `/entries/${encode(live.fallback)}`;
  // Whatever is no entry: a page from before a switch still finds its own files here, and what is not here is a 404.
  else request.uri = `/pool/${encode(path)}`;
  return request;
}

async function readLive() {
  let text;
  try {
    text = await keyValueStore.get("live");
  } catch (error) {
    if (await keyValueStore.exists("live")) throw error;
    return nothingLive;
  }
  return JSON.parse(text);
}

// The content that an entry has, "" for an asset that a page's address could mean, null for what is neither.
async function findFile(live, path) {
  if (!/^[A-Za-z0-9._@+~()[\]=,\-/]+$/.test(path)) return null;
  let text = live.files;
  let left = live.bits;
  const place = left === 0 ? 0 : placeOf(path, left);
  while (left > 0) {
    const step = ((left - 1) % 5) + 1;
    left -= step;
    const at = 16 * (Math.floor(place / 2 ** left) % 2 ** step);
    text = await keyValueStore.get(`files-${text.slice(at, at + 16)}`);
  }
  const start = text.indexOf(`;${path} `);
  if (start === -1) return null;
  const from = start + path.length + 2;
  return text.slice(from, text.indexOf(";", from));
}

function placeOf(path, bits) {
  const digits = crypto.createHash("sha256").update(path).digest("hex").slice(0, 8);
  return Math.floor(parseInt(digits, 16) / 2 ** (32 - bits));
}

// The name of a file that a path means, decoded; a folder's is its index. Null: refused.
function pathOf(uri) {
  if (!/^\/[\u0021-\u007e]*$/.test(uri) || /[\\#]|%(?:00|2f|5c)|\/\//i.test(uri)) return null;
  let decoded;
  try {
    decoded = decodeURIComponent(uri);
  } catch (_error) {
    return null;
  }
  if (/(?:^|\/)\.{1,2}(?:\/|$)/.test(decoded)) return null;
  return (decoded.endsWith("/") ? `${decoded}index.html` : decoded).slice(1);
}

function isNavigation(headers, path) {
  if (!(textOf(headers.accept) || "").includes("text/html")) return false;
  const destination = textOf(headers["sec-fetch-dest"]);
  if (destination !== null && destination !== "document" && destination !== "iframe") return false;
  return mayBePage(path);
}

function mayBePage(path) {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (!name.includes(".")) return true;
  const ending = name
    .slice(name.lastIndexOf(".") + 1)
    .trim()
    .toLowerCase();
  return !/^[a-z0-9]+$/.test(ending) || !endingsOfFiles.includes(`;${ending};`);
}

function textOf(header) {
  if (!header) return null;
  return header.multiValue ? header.multiValue.map((one) => one.value).join(", ") : header.value;
}

// S3 reads a bare + as a space.
function encode(path) {
  return path.split("/").map(encodeURIComponent).join("/");
}

function answer(statusCode, statusDescription) {
  const headers = { "cache-control": { value: "no-store" } };
  if (statusCode === 405) headers.allow = { value: "GET, HEAD" };
  return { statusCode: statusCode, statusDescription: statusDescription, headers: headers };
}
