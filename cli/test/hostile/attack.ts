import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildRefusals, exitCodes, failures, refusals, usageCodes } from "@slipway/pipeline";
import { FileObjectStore } from "@slipway/pipeline/local";
import { vi } from "vitest";
import {
  type Damage,
  damaged,
  faultsOfOutput,
  type HostileCase,
  type Told,
  textOf,
} from "../../../pipeline/test/hostile/hostile-case.ts";
import { fakeShell } from "../fake-shell.ts";
import { front } from "../front.ts";
import { ScratchApp } from "../scratch-app.ts";

/** A call of the CLI that nobody should make. `{sha}` and `{root}` stand for the published release and the checkout. */
export interface HostileCall extends HostileCase {
  readonly argv: readonly Told[];
  /** Where the code alone does not say it: what could not be read leads to 7, whatever the rule. */
  readonly exit?: number;
  readonly variables?: Readonly<Record<string, string>>;
  /** What a stranger has left in the store first, by key. */
  readonly plant?: Readonly<Record<string, Damage>>;
  /** Files of the checkout, gone afterwards. */
  readonly files?: Readonly<Record<string, Told>>;
  /** Called where there is no checkout. */
  readonly outside?: boolean;
}

const slow = 10_000;

/** How an annotation of ours begins: nothing that was handed in ends a property early, and what follows is looked at. */
const annotated = /^::(?:error|warning|notice) (?:file=[^,:\n]*,)?(?:line=\d+,)?title=[^,:\n]*::/gm;

/** A published release in a checkout of its own, and what must stay as it is whatever is called. */
export class Scene {
  readonly app: ScratchApp;
  readonly sha: string;
  readonly outside: string;

  private constructor(app: ScratchApp, sha: string) {
    this.app = app;
    this.sha = sha;
    this.outside = join(app.root, "..", `${app.root.split("/").at(-1)}-outside`);
    mkdirSync(this.outside, { recursive: true });
  }

  static async create(): Promise<Scene> {
    const app = await ScratchApp.create();
    const sha = app.commit("First");
    const shell = fakeShell({ folder: app.root, variables: process.env });
    if ((await front(["build"], shell)) !== 0) throw new Error(shell.err());
    return new Scene(app, sha);
  }

  async remove(): Promise<void> {
    rmSync(this.outside, { recursive: true, force: true });
    await this.app.remove();
  }

  /** Every way in which the call was not refused as it should have been; none: it was. */
  async faultsOf(hostile: HostileCall): Promise<readonly string[]> {
    const undo = [...this.#plant(hostile), ...this.#lay(hostile)];
    try {
      return [...(await this.#judge(hostile, "json")), ...(await this.#judge(hostile, "text"))];
    } finally {
      for (const back of undo.toReversed()) back();
    }
  }

  async #judge(hostile: HostileCall, form: "json" | "text"): Promise<readonly string[]> {
    const variables = {
      LANG: "en_US.UTF-8",
      ...(form === "text" ? { GITHUB_ACTIONS: "true" } : {}),
      ...hostile.variables,
    };
    const shell = fakeShell({ folder: hostile.outside ? this.outside : this.app.root, variables });
    const words = hostile.argv.map((told) => this.#named(textOf(told)));
    const argv = form === "json" ? ["--json", ...words] : words;
    const before = this.#tree();
    using calls = countMutations();
    const started = performance.now();
    const exit = await front(argv, shell);
    const took = performance.now() - started;
    const after = this.#tree();
    const faults = [...faultsOfOutput(shell.out()), ...faultsOfOutput(shell.err().replace(annotated, ""))];
    const wanted = hostile.exit ?? exitOf(hostile.code);
    if (exit !== wanted) faults.push(`exits ${exit}, not ${wanted}: ${shell.out()}${shell.err()}`);
    const made = calls.made();
    if (made.length > 0) faults.push(`makes mutating calls: ${made.join(", ")}`);
    if (before !== after) faults.push(`changes files: ${differing(before, after)}`);
    if (took > slow) faults.push(`takes ${Math.round(took)} ms`);
    if (form === "json") faults.push(...faultsOfDocument(shell.out(), hostile.code));
    return faults.map((fault) => `${form}: ${fault}`);
  }

  #named(text: string): string {
    return text.replaceAll("{sha}", this.sha).replaceAll("{root}", this.app.root);
  }

  #plant({ plant = {} }: HostileCall): readonly (() => void)[] {
    return Object.entries(plant).map(([key, damage]) => {
      const file = join(this.app.root, ".slipway/objects", `${this.#named(key)}@1`);
      const was = contentOf(file);
      return replace(file, was, damaged(was?.toString() ?? "", damage, JSON.stringify));
    });
  }

  #lay({ files = {} }: HostileCall): readonly (() => void)[] {
    return Object.entries(files).map(([path, told]) => {
      const file = join(this.app.root, path);
      return replace(file, contentOf(file), this.#named(textOf(told)));
    });
  }

  /** Everything that a call could change, git's own folder aside: names, sizes, times. */
  #tree(): string {
    const lines: string[] = [];
    const walk = (folder: string): void => {
      for (const name of readdirSync(folder).toSorted()) {
        const path = join(folder, name);
        const found = lstatSync(path);
        if (found.isDirectory() && name !== ".git") walk(path);
        // An image that is built again is the same file: it is named by its bytes.
        else if (!found.isDirectory())
          lines.push(`${path} ${found.size} ${name.endsWith(".tar") ? "" : found.mtimeMs}`);
      }
    };
    walk(this.app.root);
    walk(this.outside);
    return lines.join("\n");
  }
}

function contentOf(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch {
    return null;
  }
}

function replace(file: string, was: Buffer | null, by: Uint8Array | string): () => void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, by);
  return () => (was === null ? rmSync(file, { force: true }) : writeFileSync(file, was));
}

/** Calls go through; each is listed. */
function countMutations(): Disposable & { readonly made: () => readonly string[] } {
  const { prototype } = FileObjectStore;
  const spies = [
    vi.spyOn(prototype, "putIfAbsent"),
    vi.spyOn(prototype, "putIfMatch"),
    vi.spyOn(prototype, "deleteIfMatch"),
  ];
  return {
    made: () => spies.flatMap((spy) => spy.mock.calls.map(([key]) => `${spy.getMockName()} ${key}`)),
    [Symbol.dispose]: () => {
      for (const spy of spies) spy.mockRestore();
    },
  };
}

interface ErrorLike {
  readonly code?: string;
  readonly reasons?: readonly { readonly code: string }[];
  /** Of `verify`, which has no code. */
  readonly outcome?: string;
}
const codesOfVerify: Readonly<Record<string, string>> = { differs: "release-corrupt", missing: "release-missing" };

function faultsOfDocument(out: string, code: string): readonly string[] {
  let document: ErrorLike;
  try {
    document = JSON.parse(out) as ErrorLike;
  } catch {
    return [`prints no document: ${out.slice(0, 200)}`];
  }
  const verified = codesOfVerify[document.outcome ?? ""];
  const codes = [document.code, verified, ...(document.reasons ?? []).map((reason) => reason.code)].filter(Boolean);
  return codes.includes(code) ? [] : [`answers ${codes.join(", ") || "nothing"}, not ${code}: ${out.slice(0, 300)}`];
}

/** The exit that experience.md §4 gives a code; a code of no list is a mistake of the data. */
function exitOf(code: string): number {
  if ((usageCodes as readonly string[]).includes(code)) return exitCodes.usage;
  if (Object.hasOwn(refusals, code) || (buildRefusals as readonly string[]).includes(code)) return exitCodes.refused;
  if (Object.hasOwn(failures, code)) return failures[code as keyof typeof failures];
  throw new Error(`${code} is in no list of codes.ts`);
}

function differing(before: string, after: string): string {
  const [was, is] = [before.split("\n"), after.split("\n")];
  return [...was.filter((line) => !is.includes(line)), ...is.filter((line) => !was.includes(line))]
    .slice(0, 4)
    .join(", ");
}
