import { expect, test } from "vitest";
import { contentTypeOf, mayBePage } from "./media-type.ts";

test.each([
  ["index.html", "text/html; charset=utf-8", true],
  ["docs/a.HTM", "text/html; charset=utf-8", true],
  ["projects/42", "application/octet-stream", true],
  ["a.b/c", "application/octet-stream", true],
  ["model.riv", "application/octet-stream", true],
  ["x.constructor", "application/octet-stream", true],
  ["css", "application/octet-stream", true],
  ["app.js", "text/javascript; charset=utf-8", false],
  ["app.js.map", "application/json; charset=utf-8", false],
  ["icon.svg", "image/svg+xml; charset=utf-8", false],
  ["logo.png", "image/png", false],
])("%s is served as %s, and may be a page: %s", (path, type, isPage) => {
  expect([contentTypeOf(path), mayBePage(path)]).toEqual([type, isPage]);
});
