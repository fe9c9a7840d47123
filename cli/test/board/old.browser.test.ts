// biome-ignore-all lint/performance/useDomNodeTextContent: what a person sees is what is tested
import { expect, test } from "vitest";
import { type OpenBoard, setUpBoards } from "./browser.ts";
import { anError } from "./fixtures/error.ts";
import { board as aBoard, boardWith, now, shas } from "./fixtures/ladder.ts";

const boards = setUpBoards();

const lanes = async ({ page }: OpenBoard): Promise<readonly string[]> =>
  (await page.getByRole("article").allInnerTexts()).map((text) => text.replace(/\s+/g, " "));
const isGrey = ({ page }: OpenBoard): Promise<unknown> =>
  page.evaluate("getComputedStyle(document.querySelector('.lane')).filter === 'grayscale(1)'");

test.each(["gone", "hang"] as const)(
  "a board that is %s turns grey after 15 s, says so, and shows no old green",
  async (mood) => {
    const board = await boards.open("#/why/prod");
    const { page } = board;
    await page.getByText("may not enter prod now").waitFor();
    expect((await lanes(board))[2]).toContain("✓ as recorded");
    expect(await isGrey(board)).toBe(false);
    boards.server.mood = mood;
    await page.clock.runFor(22_000);
    await page
      .locator(".freshness")
      .getByText(/seen 2\d s ago; the board does not answer/)
      .waitFor();
    expect(await isGrey(board)).toBe(true);
    const old = await lanes(board);
    expect(old[0]).toContain("? was: drift: worker runs 1f6ac3d");
    expect(old[2]).toContain("? was: as recorded");
    expect(old.join()).not.toContain("✓");
    expect(await page.locator(".arrow").last().innerText()).toContain("? was: in");
    expect(await page.title()).toBe("(old) chronoledger");
    const panel = (await page.locator(".panel").innerText()).replace(/\s+/g, " ");
    expect(panel).toContain("What stands here was so when it was seen; the board does not answer now.");
    expect(panel).toContain("? was: 1f6ac3d may not enter prod now");
    expect(await page.getByText("what is shown is old; the board does not answer").getAttribute("role")).toBe("status");

    boards.server.mood = "answers";
    // A request that hangs is given up after 30 s, and the next one takes its own time, not the page's.
    await page.clock.runFor(40_000);
    const nextLook = async () => {
      await page.clock.runFor(1_000);
      return (await lanes(board))[2];
    };
    await expect.poll(nextLook, { timeout: 10_000 }).toContain("✓ as recorded");
    expect(await isGrey(board)).toBe(false);
    expect(await page.title()).toBe("chronoledger");
  },
);

test("a panel whose question has no answer is old by itself, while the ladder is current", async () => {
  const board = await boards.open("#/why/prod");
  const { page } = board;
  await page.getByText("may not enter prod now").waitFor();
  const panel = async (): Promise<string> => (await page.locator(".panel").innerText()).replace(/\s+/g, " ");
  await expect.poll(panel).toContain("✓ staging runs here");
  const paths = ["/api/why/prod", `/api/journey/${shas.colour}`];
  const before = paths.map((path) => [path, boards.server.answers.get(path)] as const);
  for (const path of paths) boards.server.answers.set(path, () => anError({}));
  await page.clock.runFor(6_000);
  await expect.poll(panel).toContain("? was: 1f6ac3d may not enter prod now");
  await expect.poll(panel).toContain("? staging was: runs here");
  expect(await page.locator('.present[data-old="true"]').count()).toBe(2);
  expect((await lanes(board))[2]).toContain("✓ as recorded");
  for (const [path, answer] of before) if (answer) boards.server.answers.set(path, answer);
  await page.clock.runFor(6_000);
  await expect.poll(panel).toContain("✓ staging runs here");
  expect(await page.locator('.present[data-old="true"]').count()).toBe(0);
});

test("another ladder behind the same address is asked for everything anew", async () => {
  const board = await boards.open("#/epoch/prod/17");
  const { page } = board;
  await page.getByRole("heading", { name: "prod epoch 17" }).waitFor();
  const count = (path: string): number => boards.server.asked.filter((one) => one.startsWith(path)).length;
  await expect.poll(() => count("/api/figures")).toBe(2);
  const before = count("/api/history/prod/17");
  boards.server.answers.set("/api/board", () => ({ ...aBoard, status: { ...aBoard.status, app: "another" } }));
  await page.clock.runFor(5_000);
  await expect.poll(() => count("/api/history/prod/17")).toBeGreaterThan(before);
  await expect.poll(() => count("/api/figures")).toBeGreaterThan(2);
});

test("what was seen less than 15 s ago stays, with its age", async () => {
  const board = await boards.open();
  await board.page.getByRole("article").first().waitFor();
  boards.server.mood = "gone";
  await board.page.clock.runFor(8_000);
  await board.page
    .locator(".freshness")
    .getByText(/seen (8|9) s ago; the board does not answer/)
    .waitFor();
  expect(await isGrey(board)).toBe(false);
});

test("a fresh answer about an old look is grey in that lane alone", async () => {
  boards.server.answers.set("/api/board", () =>
    boardWith("prod", { observedAt: new Date(Date.parse(now) - 60_000).toISOString() }),
  );
  const board = await boards.open();
  await board.page.getByText("was: as recorded").waitFor();
  const [, staging, prod] = await lanes(board);
  expect(staging).toContain("✓ as recorded");
  expect(prod).toContain("? was: as recorded");
});

test("a page that slept is grey at once when it wakes, until the board has answered", async () => {
  const board = await boards.open();
  await board.page.getByRole("article").first().waitFor();
  boards.server.mood = "hang";
  await board.page.clock.fastForward(3_600_000);
  await board.page
    .locator(".freshness")
    .getByText(/seen 1 h.* ago; the board does not answer/)
    .waitFor();
  expect(await isGrey(board)).toBe(true);
});

test("a board that was never there is said to be so", async () => {
  boards.server.mood = "gone";
  const board = await boards.open();
  await board.page
    .getByText("What runs cannot be shown: the board does not answer. It is asked again each 5 s.")
    .waitFor();
  boards.server.mood = "answers";
  await board.page.clock.runFor(6_000);
  await board.page.getByRole("article", { name: "prod" }).waitFor();
  await board.page.getByRole("link", { name: /^prod epoch 17/ }).waitFor();
});

test("an error of the board stands over what was seen before, with what helps", async () => {
  const board = await boards.open();
  await board.page.getByRole("article").first().waitFor();
  boards.server.answers.set("/api/board", () =>
    anError({
      message: "the store does not answer.",
      next: ["promote doctor"],
      where: { file: "slipway.yaml", line: 14, path: null },
    }),
  );
  await board.page.clock.runFor(5_000);
  const note = board.page.locator(".problem");
  await note.waitFor();
  expect((await note.innerText()).replace(/\s+/g, " ")).toContain(
    "could-not-tell the store does not answer. slipway.yaml:14",
  );
  await note.getByRole("button", { name: "copy promote doctor" }).waitFor();
  await board.page
    .locator(".freshness")
    .getByText(/seen \d s ago; the board answers with an error/)
    .waitFor();
  await board.page.clock.runFor(20_000);
  await expect.poll(() => isGrey(board)).toBe(true);
});

test.each([
  { path: "/api/timeline", hash: "", what: "The timeline" },
  { path: "/api/figures", hash: "", what: "A figure" },
  { path: "/api/why/prod", hash: "#/why/prod", what: "The answer" },
  { path: "/api/releases", hash: "#/releases", what: "The list" },
  { path: "/api/history/staging/43", hash: "#/epoch/staging/43", what: "The record" },
  { path: "/api/log/staging/43/5", hash: "#/epoch/staging/43?log=5", what: "The log" },
])("an error document of $path stands in its place, and goes when it is mended", async ({ path, hash, what }) => {
  const answer = boards.server.answers.get(path);
  boards.server.answers.set(path, () => anError());
  const board = await boards.open(hash);
  const note = board.page.locator(".problem").first();
  await note.waitFor();
  expect((await note.innerText()).replace(/\s+/g, " ")).toContain(
    `${what} cannot be shown: could-not-tell the store does not answer. Run the same command again.`,
  );
  expect(await board.page.getByRole("article").count()).toBe(3);
  if (answer) boards.server.answers.set(path, answer);
  await board.page.clock.runFor(6_000);
  await expect.poll(() => board.page.locator(".problem").count()).toBe(0);
});

test("something else that answers on the port is not taken for the board", async () => {
  boards.server.answers.set("/api/board", () => ({ kind: "dashboard", version: 1 }));
  const board = await boards.open();
  await board.page.getByText("something else answers here (a document of another kind or version)").waitFor();
  expect(await board.page.getByRole("article").count()).toBe(0);
});

test("a document that the page cannot draw takes everything away: nothing old is left standing", async () => {
  const board = await boards.open();
  await board.page.getByRole("article").first().waitFor();
  boards.server.answers.set("/api/board", () => ({ ...aBoard, environments: null }) as unknown as typeof aBoard);
  await board.page.clock.runFor(5_000);
  await board.page.getByRole("heading", { name: "This page has a mistake" }).waitFor();
  expect(await board.page.getByRole("article").count()).toBe(0);
});
