import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { FixtureServer } from "./fixture-server.ts";
import { now } from "./fixtures/ladder.ts";

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const flags = [
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];
const asRoot = process.getuid?.() === 0 ? ["--no-sandbox"] : [];

export interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly colours?: "light" | "dark";
  readonly motion?: "no-preference" | "reduce";
  /** Without it the page lives on that Friday, and its time can be moved on. */
  readonly clock?: "real";
}

/** What a file of tests works with: one Chromium, and for each test a server and pages of its own. */
export interface Boards {
  readonly server: FixtureServer;
  /** The board as a reader in Berlin sees it on that Friday, opened at `hash`. */
  readonly open: (hash?: string, look?: Look) => Promise<OpenBoard>;
}

/** Called once, at the top of a file. */
export function setUpBoards(): Boards {
  const folder = mkdtempSync(join(tmpdir(), "board-browser-"));
  let browser: Browser | null = null;
  let server: FixtureServer | null = null;
  const contexts: BrowserContext[] = [];
  beforeAll(async () => {
    const env = { ...process.env, HOME: folder };
    browser = await chromium.launch({ executablePath, args: [...flags, ...asRoot], env });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    server = await FixtureServer.start();
  });
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    await server?.[Symbol.asyncDispose]();
  });
  const current = (): FixtureServer => {
    if (!server) throw new Error("no test runs");
    return server;
  };
  return {
    get server() {
      return current();
    },
    open: async (hash = "", look = {}) => {
      if (!browser) throw new Error("no test runs");
      const context = await browser.newContext(contextOptions(look));
      contexts.push(context);
      const page = await context.newPage();
      const board = new OpenBoard(page, current());
      if (look.clock !== "real") await page.clock.install({ time: now });
      await page.goto(`${current().url}${hash}`);
      return board;
    },
  };
}

const contextOptions = ({ width, height, colours, motion }: Look) => ({
  viewport: { width: width ?? 1366, height: height ?? 900 },
  colorScheme: colours ?? "light",
  reducedMotion: motion ?? "reduce",
  timezoneId: "Europe/Berlin",
  locale: "en-GB",
  permissions: ["clipboard-read", "clipboard-write"],
});

/** One page, and all that it did that a board must not do. */
export class OpenBoard {
  readonly page: Page;
  readonly #server: FixtureServer;
  readonly #requests: string[] = [];
  readonly #complaints: string[] = [];

  constructor(page: Page, server: FixtureServer) {
    this.page = page;
    this.#server = server;
    page.on("request", (request) => this.#requests.push(`${request.method()} ${request.url()}`));
    page.on("console", (message) => this.#complaints.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => this.#complaints.push(error.message));
    page.on("dialog", (dialog) => {
      this.#complaints.push(`dialog: ${dialog.message()}`);
      dialog.dismiss().catch(() => undefined);
    });
  }

  /** It asked its own server alone, by GET alone, broke no policy and threw nothing; `expected` are complaints about answers that a test made bad. */
  expectGood(expected: RegExp = /^error: Failed to load resource/): void {
    expect(this.#requests.length).toBeGreaterThan(2);
    expect(this.#requests.filter((request) => !request.startsWith(`GET ${this.#server.url}`))).toEqual([]);
    expect(this.#complaints.filter((complaint) => !expected.test(complaint))).toEqual([]);
  }

  /** No wider than the window. */
  async expectNoSidewaysScroll(): Promise<void> {
    const sizes = await this.page.evaluate(
      "[document.documentElement.scrollWidth, document.documentElement.clientWidth]",
    );
    const [content, window] = sizes as readonly [number, number];
    expect(content).toBeLessThanOrEqual(window);
  }
}
