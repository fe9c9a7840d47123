// biome-ignore-all lint/performance/useDomNodeTextContent: what a person sees is what is tested
import { expect, test } from "vitest";
import { type OpenBoard, setUpBoards } from "./browser.ts";
import { anError } from "./fixtures/error.ts";
import { figures } from "./fixtures/figures.ts";
import { board as aBoard, boardWith, releases, shas } from "./fixtures/ladder.ts";
import { failedEpoch, historyOf, logOf } from "./fixtures/record.ts";
import { whyProd } from "./fixtures/rules.ts";
import { journey, timeline } from "./fixtures/runs.ts";

const boards = setUpBoards();

/** Markup, a link that runs, a turned direction, a colour code, something long. */
const evil = `<img src=x onerror="window.harmed=1"><script>window.harmed=1</script>&lt;b&gt; \u202egpj.exe\u202c \u001b[31mred\u0007 ${"long".repeat(80)}`;
const shown =
  '<img src=x onerror="window.harmed=1"><script>window.harmed=1</script>&lt;b&gt; \\u202egpj.exe\\u202c \\u001b[31mred\\u0007';
const address = "javascript:window.harmed=1";

/** The same document with every name, subject and message made hostile. */
const poisoned = <T>(value: T, keep: ReadonlySet<string>): T => {
  if (Array.isArray(value)) return value.map((one) => poisoned(one, keep)) as T;
  if (typeof value === "string") return evil as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => {
      if (keep.has(name)) return [name, one];
      if (name === "runUrl" || name === "url") return [name, address];
      return [name, poisoned(one, keep)];
    }),
  ) as T;
};
/** What the contract types: not free text. */
const typed = new Set([
  ..."kind version env sha webSha from to at until startedAt endedAt since observedAt publishedAt committedAt clearsAt earliest mark state".split(
    " ",
  ),
  ..."decision status code outcome environment command plan next newest environments soak kindOf rule direction digest subjects".split(
    " ",
  ),
]);
const withRungs = <T extends { readonly environments: readonly object[] }>(document: T): T => ({
  ...poisoned(document, typed),
  environments: document.environments.map((one) => poisoned(one, typed)),
});

async function expectHarmless({ page }: OpenBoard): Promise<void> {
  expect(await page.evaluate("window.harmed")).toBeUndefined();
  expect(await page.evaluate("document.querySelectorAll('#board img, #board script, #board [style]').length")).toBe(0);
  const links = (await page.evaluate(
    "[...document.querySelectorAll('a')].map((link) => link.getAttribute('href'))",
  )) as string[];
  expect(links.filter((link) => !/^(#\/|https?:)/.test(link))).toEqual([]);
  const text = String(await page.evaluate("document.body.innerText"));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be left
  expect(text.match(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)).toBeNull();
}

test.each([320, 360, 1366])("hostile names, subjects and messages are text, and fit in %i px", async (width) => {
  const status = {
    ...poisoned(aBoard.status, typed),
    environments: aBoard.status.environments.map((one) => poisoned(one, typed)),
  };
  boards.server.answers.set("/api/board", () => ({
    ...aBoard,
    status,
    environments: aBoard.environments.map((one) => ({
      ...poisoned(one, typed),
      commands: [`promote hold --reason '${evil}'`],
    })),
  }));
  boards.server.answers.set(`/api/journey/${shas.colour}`, () =>
    withRungs({ ...journey, quarantine: { by: "x", at: journey.publishedAt, reason: "x" } }),
  );
  boards.server.answers.set("/api/why/prod", () => poisoned(whyProd(null), typed));
  boards.server.answers.set("/api/timeline", () => ({
    ...withRungs(timeline(7)),
    subjects: Object.fromEntries(Object.values(shas).map((sha) => [sha, evil])),
  }));
  boards.server.answers.set("/api/figures", (query) => poisoned(figures(query.get("days") === "30" ? 30 : 90), typed));
  const board = await boards.open("#/why/prod", { width, height: 740 });
  const { page } = board;
  await page.locator(".journey").first().waitFor();
  await page.locator(".drawing").waitFor();
  await expectHarmless(board);
  for (const place of [
    ".lane .subject",
    ".lane .standing",
    ".journey .attempts",
    ".evidence",
    ".head h1",
    ".head .store",
  ])
    expect(await page.locator(place).first().innerText(), place).toContain(shown);
  await board.expectNoSidewaysScroll();
  await page.getByText("The same as a table").click();
  await page.getByRole("region", { name: "Epochs of the timeline" }).waitFor();
  await expectHarmless(board);
  await board.expectNoSidewaysScroll();
  board.expectGood();
});

test.each([360, 1366])("hostile records, logs and releases are text, and fit in %i px", async (width) => {
  boards.server.answers.set("/api/history/staging/43", () =>
    historyOf({
      ...poisoned(failedEpoch, new Set([...typed, "failure", "steps", "step"])),
      failure: failedEpoch.failure && {
        ...poisoned(failedEpoch.failure, new Set([...typed, "step", "log"])),
        log: [evil, evil],
        where: { file: evil, line: 3, path: null, excerpt: [evil] },
      },
      steps: failedEpoch.steps.map((step) => ({ ...step, summary: evil, name: step.name && evil })),
    }),
  );
  boards.server.answers.set("/api/log/staging/43/5", () =>
    logOf([evil, "\t\u001b]0;title\u0007", "</pre><script>window.harmed=1</script>"]),
  );
  boards.server.answers.set("/api/releases", () => ({ ...poisoned(releases, typed), newest: releases.newest }));
  const board = await boards.open("#/epoch/staging/43?log=5", { width, height: 740 });
  const log = board.page.locator(".step-log pre");
  await log.waitFor();
  expect(await log.innerText()).toContain(shown);
  expect(await log.innerText()).toContain("\\u001b]0;title\\u0007");
  expect(await log.innerText()).toContain("</pre><script>window.harmed=1</script>");
  await expectHarmless(board);
  await board.expectNoSidewaysScroll();
  await board.page.getByRole("link", { name: "releases" }).click();
  await board.page.getByRole("region", { name: "List of releases" }).waitFor();
  await expectHarmless(board);
  await board.expectNoSidewaysScroll();
  board.expectGood();
});

test("a hostile error is text too", async () => {
  boards.server.answers.set("/api/board", () =>
    anError({ message: evil, next: [`promote ${evil}`], where: { file: evil, line: 1, path: evil } }),
  );
  const board = await boards.open("", { width: 360, height: 740 });
  await board.page.locator(".problem").first().waitFor();
  expect(await board.page.locator(".problem").first().innerText()).toContain(shown);
  await expectHarmless(board);
  await board.expectNoSidewaysScroll();
});

test("what turns the direction of text turns nothing around it", async () => {
  boards.server.answers.set("/api/board", () => boardWith("prod", { by: "\u202eevil", subject: "שלום prod" }));
  const board = await boards.open();
  const lane = board.page.getByRole("article", { name: "prod" });
  await lane.getByText("שלום prod").waitFor();
  expect(await lane.innerText()).toMatch(/by \\u202eevil, epoch 17/);
  expect(await lane.locator("bdi", { hasText: "שלום" }).count()).toBe(1);
});

test("a command with characters that nobody sees is shown and not offered for copying", async () => {
  const commands = ["promote verify --env dev", "promote verify --env dev --store 'x\u001b[2J\u202e'"];
  boards.server.answers.set("/api/board", () => boardWith("dev", {}, { commands }));
  const board = await boards.open();
  const lane = board.page.getByRole("article", { name: "dev" });
  await lane.getByText("not for copying: it holds characters that cannot be seen").waitFor();
  expect(await lane.locator(".command").last().innerText()).toContain("--store 'x\\u001b[2J\\u202e'");
  const labels = await lane
    .getByRole("button")
    .evaluateAll((found) => found.map((one) => (one as unknown as { ariaLabel: string }).ariaLabel));
  expect(labels).toEqual(["copy promote verify --env dev"]);
});

test("a long log shows its end", async () => {
  boards.server.answers.set("/api/log/staging/43/5", () =>
    logOf(Array.from({ length: 50_000 }, (_, index) => `line ${index + 1}`)),
  );
  const board = await boards.open("#/epoch/staging/43?log=5");
  await board.page.getByText("the last 2000 of 50000 lines").waitFor();
  const text = await board.page.locator(".step-log pre").innerText();
  expect(text.startsWith("line 48001\n")).toBe(true);
  expect(text.endsWith("line 50000")).toBe(true);
});
