import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseCommand } from "../../src/config/commands.ts";
import { parseConfig } from "../../src/config/load.ts";
import { UserError } from "../../src/errors.ts";
import type { Instant } from "../../src/identifiers.ts";
import { BrokenChainError, parseRecord, recordBytes } from "../../src/ledger/chain.ts";
import { leaseBytes } from "../../src/ledger/lease-document.ts";
import { readDocument } from "../../src/ledger/lease-look.ts";
import { localTiming } from "../../src/ledger/lease-timing.ts";
import { createImageStore } from "../../src/local/image-store.ts";
import { callSchema } from "../../src/local/platform/control-protocol.ts";
import { isLoopbackHost, readTarget, webPathOf } from "../../src/local/platform/request-path.ts";
import { readRunnerResult } from "../../src/migration/parse-result.ts";
import { findScriptProblem } from "../../src/migration/runner/check-script.ts";
import { splitStatements } from "../../src/migration/runner/sql-script.ts";
import { parsePolicy, serialisePolicy } from "../../src/policy/stored-policy.ts";
import { canonicalBytes, canonicalJson, sha256 } from "../../src/release/canonical-json.ts";
import { releaseManifestSchema } from "../../src/release/manifest.ts";
import { parseStored } from "../../src/release/parse-stored.ts";
import { resolveLink, whyUnsafe } from "../../src/release/safe-path.ts";
import { webFileListSchema, webPathPattern } from "../../src/web/file-list.ts";
import { findInPage, findInScript, findInStyle } from "../../src/web/find-references.ts";
import { aFileList, aPolicy, aRelease, instantOf, octocat } from "../builders.ts";
import { aLedger, prod, promotionOf } from "../record-builders.ts";

/** Something that reads what strangers wrote. */
export interface Parser {
  readonly name: string;
  /** From which mutations begin, beside the corpus. */
  readonly seeds: readonly (string | Uint8Array)[];
  /** Words that the grammar knows. */
  readonly words: readonly string[];
  /** @throws whenever the parser breaks its word: an error that is not one of its own, or an answer that cannot be */
  readonly read: (bytes: Uint8Array) => void | Promise<void>;
}

/** The answer of a parser may be no; it must be one of its own kinds. */
function expectAnswer(read: () => unknown, ...kinds: readonly (new (...args: never[]) => Error)[]): void {
  try {
    read();
  } catch (error) {
    if (!kinds.some((kind) => error instanceof kind)) throw error;
  }
}
function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`broken: ${what}`);
}
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const json = [
  "{",
  "}",
  "[",
  "]",
  ":",
  ",",
  '"',
  "null",
  "true",
  "1e999",
  "-0",
  "\\u0000",
  "\\ud800",
  '"__proto__":',
  "\ufeff",
];

const { manifest } = aRelease();
const lease = leaseBytes({
  version: 1,
  environment: prod,
  state: "held",
  nonce: "0f".repeat(16),
  holder: { by: octocat, host: "laptop", runUrl: null, process: null },
  since: instantOf("2026-11-19T12:00"),
  epoch: 3,
  doing: "rolls api",
  beat: 7,
  timing: localTiming,
  quietUntil: null,
  lost: null,
});
const at = "2026-11-19T12:00:00.000Z" as Instant;

const stored = (
  name: string,
  schema: typeof releaseManifestSchema | typeof webFileListSchema,
  seed: unknown,
): Parser => ({
  name,
  seeds: [canonicalJson(seed)],
  words: json,
  read: (bytes) => {
    const parsed = parseStored<unknown>(schema, bytes, 1_000_000);
    // What is taken has one text only: the bytes that came.
    if (parsed.status === "parsed")
      must(text(canonicalBytes(parsed.value)) === text(bytes), "it is taken in two forms");
  },
});

export const parsers: readonly Parser[] = [
  stored("manifest", releaseManifestSchema, manifest),
  stored("web-list", webFileListSchema, aFileList()),
  {
    name: "policy",
    seeds: [serialisePolicy(aPolicy().policy)],
    words: [...json, '"format":2', '"approvals":0'],
    read: (bytes) => expectAnswer(() => parsePolicy(bytes), UserError),
  },
  {
    name: "record",
    seeds: aLedger(promotionOf()).map(recordBytes),
    words: [...json, '"version":2', '"kind":"open"'],
    read: (bytes) => expectAnswer(() => parseRecord(prod, 1, bytes), BrokenChainError, UserError),
  },
  {
    name: "lease",
    seeds: [lease],
    words: [...json, '"version":2'],
    read: (bytes) =>
      expectAnswer(
        () => readDocument({ body: bytes, etag: "x", write: "x", writtenAt: at, serverTime: at }, prod),
        UserError,
      ),
  },
  {
    name: "control-call",
    seeds: [
      '{"call":"status"}',
      '{"call":"open","environment":"dev","port":4600}',
      '{"call":"is-invalidated","environment":"dev","key":"a"}',
    ],
    words: [...json, '"call":"switch-web"', '"epoch":1'],
    read: (bytes) => expectAnswer(() => callSchema.safeParse(JSON.parse(text(bytes))), SyntaxError),
  },
  {
    name: "runner-result",
    seeds: ['slipway-result {"version":1,"status":"done","ran":[],"applied":[],"failure":null,"milliseconds":1}'],
    words: [...json, "slipway-result ", "\n"],
    read: (bytes) => {
      const result = readRunnerResult(text(bytes).split("\n"));
      if (result) must((result.status === "done") === (result.failure === null), "done, and failed");
    },
  },
  {
    name: "config",
    seeds: [
      "version: 1\napp: orders\nenvironments:\n  dev: {}\n  prod: { soak: 24h, approvals: 1 }\nservices:\n  api: { files: [dist], run: node a.js, port: PORT, health: /h }\nweb: { folder: web }\n",
      'version: 1\napp: a\nenvironments: { dev: { freeze: [{ name: x, from: Fri 16:00, until: Mon 08:00, zone: UTC }] } }\nmigrations: { sql: db }\nlocal: { port: 4600, env: { A: "1" } }\n',
    ],
    words: [
      ": ",
      "- ",
      "? ",
      "&a ",
      "*a",
      "!!str ",
      "<<: ",
      "|\n",
      ">\n",
      "{",
      "}",
      "[",
      "]",
      '"',
      "'",
      "---\n",
      "%YAML 1.1\n",
      "\t",
      "__proto__: ",
      "~",
    ],
    read: (bytes) => {
      const answer = parseConfig(text(bytes), "slipway.yaml");
      must(answer.ok || answer.problems.length > 0, "refused without a problem");
      if (!answer.ok)
        for (const { line, column } of answer.problems) must(line >= 1 && column >= 1, "a place that is none");
    },
  },
  {
    name: "command",
    seeds: ["node dist/server.js --port 1", "sh -c 'a b' \"c d\"", "env A=1 node x"],
    words: ["'", '"', " ", ";", "&&", "$(", "`", "\\", "\n", "=", "|"],
    read: (bytes) => {
      const answer = parseCommand(text(bytes));
      if (!answer.ok) return;
      must(answer.command.length > 0 && answer.command[0] !== "", "a command without a program");
      must(!answer.command.some((word) => /\p{Cc}/u.test(word)), "a word with a control character");
    },
  },
  {
    name: "sql",
    seeds: [
      "create table t (id int); -- x\ninsert into t values ('a;b'), (E'\\''), ($a$;$a$);",
      "create function f() returns int begin atomic select case when true then 1 end; end;",
      '/* a /* b */ c */ alter table t add "x;y" int;',
    ],
    words: [
      "'",
      "''",
      '"',
      "$$",
      "$a$",
      "--",
      "/*",
      "*/",
      ";",
      "(",
      ")",
      "begin atomic",
      "end",
      "case",
      "COMMIT",
      "E'",
      "\\",
      "\n",
      "\ufeff",
    ],
    read: (bytes) => {
      const sql = text(bytes);
      let from = 0;
      for (const statement of splitStatements(sql)) {
        must(statement.start >= from, "statements that overlap");
        must(sql.startsWith(statement.text, statement.start), "a statement that is not in the file");
        from = statement.start + statement.text.length;
      }
      if (/^\ufeff?\s*commit\s*;/i.test(sql)) must(findScriptProblem(sql) !== null, "a file that commits may run");
      findScriptProblem(sql);
    },
  },
  {
    name: "request-path",
    seeds: ["/index.html", "/a/b?c#d", "/%41/%2e%2e", "/api/x"],
    words: ["..", "%2e", "%2f", "%5c", "%00", "%25", "/", "//", "\\", "?", "#", "%c0%ae", ";"],
    read: (bytes) => {
      const whole = text(bytes);
      isLoopbackHost(whole);
      const target = readTarget(whole);
      if (target.status !== "fine") return;
      const file = webPathOf(target.path);
      if (file.status !== "fine") return;
      must(!file.path.split("/").some((part) => part === ".." || part === "."), "a dot segment came through");
      must(!file.path.includes("\0") && !file.path.includes("\\"), "a NUL or backslash came through");
    },
  },
  {
    name: "path",
    seeds: ["assets/app-1.js", "a/../b", "ä/é.js"],
    words: ["..", ".", "/", "\\", "\u202e", "\0", "e\u0301", "//"],
    read: (bytes) => {
      const path = text(bytes);
      const because = whyUnsafe(path);
      if (because === null) must(!/^\/|(?:^|\/)\.{0,2}(?:\/|$)/.test(path), "an unsafe path is safe");
      if (webPathPattern.test(path)) must(because === null, `served, though it ${because}`);
      const led = resolveLink("a/b/link", path);
      if (led !== null) must(!led.split("/").includes("..") && !led.startsWith("/"), "a link leads out");
    },
  },
  {
    name: "references",
    seeds: [
      '<!doctype html><base href="/x/"><script src="/a.js"></script><img srcset="a 1x, b 2x"><style>@import "c.css"; a{background:url(d)}</style>',
      "@import url('a.css'); a { b: url(c\\29 d) }",
      'import "./a.js"; export * from "/b.js"; import("./c.js");',
    ],
    words: [
      "<style>",
      "</style>",
      "<script>",
      "url(",
      ")",
      "@import ",
      "/*",
      "*/",
      "\\ffffff",
      "\\",
      '"',
      "'",
      "import",
      "from",
      "srcset=",
      ",",
      "(",
    ],
    read: async (bytes) => {
      findInPage(text(bytes));
      findInStyle(text(bytes));
      await findInScript(text(bytes));
    },
  },
  archive(),
];

/** The image store takes a tar only if it can be unpacked, and nothing of it lands elsewhere. */
function archive(): Parser {
  return {
    name: "archive",
    seeds: ["good.js", "a/b.js"].map(tarOfOneFile),
    words: ["../", "ustar\0", "0", "2", "5", "x", "L", "\0"],
    read: async (bytes) => {
      const folder = mkdtempSync(join(realpathSync(tmpdir()), "slipway-fuzz-"));
      try {
        writeFileSync(join(folder, "in.tar"), bytes);
        const store = createImageStore(join(folder, "images"));
        const verdict = await store.take(sha256(bytes), join(folder, "in.tar"));
        if (verdict.status === "same") await store.unpack(sha256(bytes), join(folder, "out"));
        for (const led of linksOf(join(folder, "out"))) must(led.startsWith(join(folder, "out")), "a link leads out");
        must(readFileSync(join(folder, "in.tar")).length === bytes.length, "the tar was changed");
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

/** Where links of a folder really lead. */
function linksOf(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return linksOf(path);
    return entry.isSymbolicLink() && existsSync(path) ? [realpathSync(path)] : [];
  });
}

/** ustar, by hand: one block of header, one of content, two of zeros. */
function tarOfOneFile(name: string): Uint8Array {
  const tar = Buffer.alloc(2048);
  tar.write(name, 0);
  tar.write("000644 \x000000 \x000000 \x0000000000007 00000000000 ", 100);
  tar.write("        0", 148);
  tar.write("ustar\x0000", 257);
  const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  tar.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  tar.write("content", 512);
  return tar;
}
