import { init, parse as parseModule } from "es-module-lexer";
import { Parser } from "htmlparser2";

/** Something a file asks the browser to load. */
export interface Reference {
  /** As it is written, entities decoded. */
  readonly url: string;
  readonly line: number;
}
export interface PageReferences {
  readonly references: readonly Reference[];
  /** Of a `<base>`; null: the page's own address. */
  readonly base: string | null;
}

/** Attributes that load something; links between pages (`a href`, `form action`) are navigation and not asked here. */
const loading: Readonly<Record<string, readonly string[]>> = {
  script: ["src"],
  img: ["src", "srcset"],
  source: ["src", "srcset"],
  link: ["href", "imagesrcset"],
  video: ["src", "poster"],
  audio: ["src"],
  track: ["src"],
  embed: ["src"],
  object: ["data"],
  input: ["src"],
  image: ["href", "xlink:href"],
  use: ["href", "xlink:href"],
};
/** `rel` values with which a browser loads nothing of ours. */
const loadsNothing =
  /^(?:alternate|author|canonical|dns-prefetch|help|license|me|next|pingback|preconnect|prev|search|shortlink)$/i;

/** What a page loads: elements, inline styles, inline module scripts. */
export function findInPage(html: string): PageReferences {
  const references: Reference[] = [];
  let base: string | null = null;
  let inside: { readonly name: string; readonly line: number; text: string } | null = null;
  const lineAt = lineCounter(html);
  const parser = new Parser({
    onopentag(name, attributes) {
      const line = lineAt(parser.startIndex);
      if (name === "base") base ??= attributes.href ?? null;
      for (const url of loadedBy(name, attributes)) references.push({ url, line });
      references.push(...findInStyle(attributes.style ?? "").map(({ url }) => ({ url, line })));
      if (name === "style") inside = { name, line: lineAt(parser.endIndex), text: "" };
    },
    ontext(text) {
      if (inside !== null) inside.text += text;
    },
    onclosetag(name) {
      if (inside === null || inside.name !== name) return;
      const start = inside.line;
      references.push(...findInStyle(inside.text).map(({ url, line }) => ({ url, line: start + line - 1 })));
      inside = null;
    },
  });
  parser.end(html);
  return { references, base };
}

function loadedBy(name: string, attributes: Readonly<Record<string, string>>): readonly string[] {
  const names = loading[name] ?? [];
  if (name === "link") {
    const rel = (attributes.rel ?? "").split(/\s+/).filter((word) => word !== "");
    if (rel.length === 0 || rel.every((word) => loadsNothing.test(word))) return [];
    // `alternate stylesheet` is loaded, an alternate page is not.
    if (rel.some((word) => loadsNothing.test(word)) && !rel.some((word) => /^(?:stylesheet|icon)$/i.test(word)))
      return [];
  }
  return names.flatMap((attribute) => {
    const value = attributes[attribute];
    if (value === undefined || value.trim() === "") return [];
    return attribute.endsWith("srcset") ? candidatesOf(value) : [value.trim()];
  });
}

/** https://html.spec.whatwg.org/multipage/images.html#parsing-a-srcset-attribute: white space ends a URL, not a comma. */
function candidatesOf(srcset: string): readonly string[] {
  const urls: string[] = [];
  let rest = srcset;
  while (true) {
    rest = rest.replace(/^[\s,]+/, "");
    if (rest === "") return urls;
    const word = /^\S+/.exec(rest)?.[0] ?? rest;
    const url = word.replace(/,+$/, "");
    urls.push(url);
    rest = rest.slice(word.length);
    // A comma at the URL's end says that no descriptor follows.
    if (url === word) rest = rest.slice(/^(?:[^,(]|\([^)]*\)?)*/.exec(rest)?.[0].length ?? 0);
  }
}

/** `url()` and `@import` of a style sheet, without what stands in comments. */
export function findInStyle(css: string): readonly Reference[] {
  const lineAt = lineCounter(css);
  // Blanked and not cut out: places stay where they are.
  const bare = css.replace(/\/\*[\s\S]*?(?:\*\/|$)/g, (comment) => comment.replace(/[^\n]/g, " "));
  const pattern =
    /url\(\s*(?:"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|((?:[^\s"'()\\]|\\.)*))\s*\)|@import\s+(?:"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)')/gi;
  return [...bare.matchAll(pattern)].flatMap((match) => {
    const url = match.slice(1).find((group) => group !== undefined) ?? "";
    return url === "" ? [] : [{ url: unescapeCss(url), line: lineAt(match.index) }];
  });
}

/** https://www.w3.org/TR/css-syntax-3/#consume-escaped-code-point */
const unescapeCss = (text: string): string =>
  text.replace(/\\(?:([0-9a-f]{1,6})\s?|(.))/gi, (_all, hex: string | undefined, plain: string | undefined) =>
    hex === undefined ? (plain ?? "") : String.fromCodePoint(Math.min(Number.parseInt(hex, 16), 0x10ffff)),
  );

/**
 * Modules that a script imports under a relative name written out, statically or not. A script that is no module, or newer
 * than the lexer, has none: this finds broken builds, it is not a judge of scripts.
 */
export async function findInScript(script: string): Promise<readonly Reference[]> {
  await init;
  const lineAt = lineCounter(script);
  try {
    const [imports] = parseModule(script);
    return imports.flatMap(({ n, s }) =>
      n !== undefined && /^\.{0,2}\//.test(n) ? [{ url: n, line: lineAt(s) }] : [],
    );
  } catch {
    return [];
  }
}

/** Line of an offset; asked in any order. */
function lineCounter(text: string): (offset: number) => number {
  let known = { offset: 0, line: 1 };
  return (offset) => {
    if (offset < known.offset) known = { offset: 0, line: 1 };
    let { offset: at, line } = known;
    for (let next = text.indexOf("\n", at); next !== -1 && next < offset; next = text.indexOf("\n", next + 1)) {
      line += 1;
      at = next + 1;
    }
    known = { offset: at, line };
    return line;
  };
}
