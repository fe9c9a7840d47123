import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { quoteInput } from "../identifiers.ts";

/** Keys and list positions from the root of a document. */
export type Path = readonly (string | number)[];
interface Position {
  readonly line: number;
  readonly column: number;
}
/** Something that the text itself must not have, whatever the schema says. */
interface TextProblem extends Position {
  readonly path: Path;
  readonly message: string;
}
/** Plain data, and where each part of it stands in the text. */
export interface YamlDocument {
  /** null when the text is no YAML; the problems say why. */
  readonly value: { readonly data: unknown } | null;
  readonly problems: readonly TextProblem[];
  /** Of the key, or of the list item; of the nearest parent when the path is not in the text. */
  positionOf(path: Path): Position;
}

/** Far above any real file; the parser is recursive, so depth is bounded before it runs. */
const maxBytes = 256 * 1024;
const maxNodes = 20_000;
const maxFlowDepth = 100;
/** One slip makes the parser stumble over all that follows; what comes later is noise. */
const maxSyntaxProblems = 3;

/** Reads YAML 1.2 as plain data: no tags, anchors, aliases, directives, duplicate keys or second documents. */
export function readYaml(text: string): YamlDocument {
  const refusal = whyTooMuch(text);
  if (refusal) return unreadable([{ path: [], message: refusal, line: 1, column: 1 }]);
  const lines = new LineCounter();
  let document: Document.Parsed;
  try {
    // Duplicate keys are looked for below: the parser's own check compares each key with each other one.
    document = parseDocument(text, { version: "1.2", uniqueKeys: false, prettyErrors: false, lineCounter: lines });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return unreadable([{ path: [], message: "is nested too deep", line: 1, column: 1 }]);
  }
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const syntax = document.errors.map((error) => ({ path: [], message: syntaxMessage(error), ...at(error.pos[0]) }));
  if (syntax.length > 0) return unreadable(syntax.slice(0, maxSyntaxProblems));
  const problems = forbiddenParts(document, at);
  if (problems.some((problem) => problem.fatal)) return unreadable(problems);
  return {
    value: { data: document.toJS({ maxAliasCount: 0 }) },
    problems,
    positionOf: (path) => at(offsetOf(document.contents, path)),
  };
}

function whyTooMuch(text: string): string | null {
  if (text.length > maxBytes || Buffer.byteLength(text) > maxBytes) return "is larger than 256 KiB";
  if (/(?:[-?:] ){100}/.test(text)) return "is nested too deep";
  let depth = 0;
  let parts = 0;
  for (const character of text) {
    if (character === "\n" || character === ",") parts += 1;
    if (character === "[" || character === "{") depth += 1;
    else if (character === "]" || character === "}") depth = Math.max(0, depth - 1);
    if (depth > maxFlowDepth) return "is nested too deep";
  }
  return parts > maxNodes ? "has too many parts" : null;
}

function unreadable(problems: readonly TextProblem[]): YamlDocument {
  return { value: null, problems, positionOf: () => ({ line: 1, column: 1 }) };
}

function syntaxMessage(error: { readonly code: string; readonly message: string }): string {
  if (error.code === "MULTIPLE_DOCS") return "has a second document after ---; one file is one document";
  if (error.message.startsWith("Maximum call stack")) return "is nested too deep";
  return `is not YAML: ${error.message}`;
}

interface Forbidden extends TextProblem {
  /** The data cannot be told without it. */
  readonly fatal: boolean;
}

function forbiddenParts(document: Document.Parsed, at: (offset: number) => Position): Forbidden[] {
  const found: Forbidden[] = [];
  const add = (node: Node | null, path: Path, message: string, fatal = false) =>
    found.push({ path, message, fatal, ...at(node?.range?.[0] ?? 0) });
  if (document.directives.yaml.explicit || Object.keys(document.directives.tags).length > 1) {
    add(null, [], "has a % directive; write plain YAML 1.2");
  }
  const waiting: { readonly node: unknown; readonly path: Path }[] = [{ node: document.contents, path: [] }];
  let nodes = 0;
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { node, path } = next;
    if (!isNode(node)) continue;
    nodes += 1;
    if (nodes > maxNodes) {
      add(node, path, "has too many parts", true);
      break;
    }
    if (isAlias(node)) {
      add(node, path, "is an alias; write the value out", true);
      continue;
    }
    if (node.anchor !== undefined) add(node, path, "has an anchor; write each value out where it is used");
    if (node.tag !== undefined) add(node, path, `has the tag ${quoteInput(node.tag)}; write plain YAML`);
    if (isSeq(node)) node.items.forEach((item, index) => void waiting.push({ node: item, path: [...path, index] }));
    if (!isMap(node)) continue;
    const seen = new Set<string>();
    for (const { key, value } of node.items) {
      const name = isScalar(key) && typeof key.value === "string" ? key.value : null;
      const keyNode = isNode(key) ? key : node;
      if (name === null || name === "__proto__" || name === "<<") {
        add(keyNode, path, "has a key that is no name; quote it if it is meant as text", true);
        continue;
      }
      if (isScalar(key) && (key.anchor !== undefined || key.tag !== undefined)) {
        add(key, [...path, name], "has an anchor or a tag on its key; write plain YAML");
      }
      if (seen.has(name)) add(keyNode, [...path, name], "is there twice");
      seen.add(name);
      waiting.push({ node: value, path: [...path, name] });
    }
  }
  return found;
}

function offsetOf(root: unknown, path: Path): number {
  let node = root;
  let offset = isNode(root) ? (root.range?.[0] ?? 0) : 0;
  for (const step of path) {
    if (isSeq(node)) {
      const item: unknown = typeof step === "number" ? node.items[step] : undefined;
      if (!isNode(item)) break;
      node = item;
      offset = item.range?.[0] ?? offset;
    } else if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === step);
      if (!pair) break;
      offset = (isNode(pair.key) ? pair.key.range?.[0] : undefined) ?? offset;
      node = pair.value;
    } else break;
  }
  return offset;
}
