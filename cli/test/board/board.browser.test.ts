// biome-ignore-all lint/performance/useDomNodeTextContent: what a person sees is what is tested
import { expect, test } from "vitest";
import { setUpBoards } from "./browser.ts";
import { boardWith, shas } from "./fixtures/ladder.ts";
import { whyProd } from "./fixtures/rules.ts";
import { journey, timeline } from "./fixtures/runs.ts";

const boards = setUpBoards();

test("the lanes are the ladder, and say what runs, since when, by whom, and what may enter", async () => {
  const board = await boards.open();
  const lanes = board.page.getByRole("article");
  await lanes.first().waitFor();
  expect(await lanes.getByRole("heading").allInnerTexts()).toEqual(["dev", "staging", "prod"]);
  const prod = await lanes.nth(2).innerText();
  expect(prod).toContain("8c41f07");
  expect(prod).toContain("4 d 2 h");
  expect(prod).toContain("Page the time-entries list");
  expect(prod).toMatch(/Mon 11-16 09:12 \+01:00 by ci@github, epoch 17/);
  expect(prod).toContain("✓ as recorded");
  expect(await lanes.nth(0).innerText()).toContain("! drift: worker runs 1f6ac3d");
  const ways = await board.page.locator(".arrow").allInnerTexts();
  expect(ways.map((way) => way.replace(/\s+/g, " ").trim())).toEqual([
    "nothing newer",
    "from dev to staging: c2b8f60 3 commits ✗ no: order",
    "from staging to prod: 1f6ac3d 2 commits · in 2 min (freeze) until Fri 16:00 +01:00",
  ]);
  expect(await board.page.title()).toBe("chronoledger");
  board.expectGood();
});

test("a release opens its journey: built, attempts with verdicts, soak, approvals", async () => {
  const board = await boards.open();
  await board.page.getByRole("article", { name: "staging" }).getByRole("link", { name: "1f6ac3d" }).click();
  const panel = board.page.getByRole("region", { name: "Journey of 1f6ac3d" });
  await panel.getByText("built").waitFor();
  const text = (await panel.innerText()).replace(/\s+/g, " ");
  expect(text).toContain("published Thu 09:58 +01:00 by ci@github");
  expect(text).toContain("= dev ran here");
  expect(text).toContain("✗ epoch 57 failed, put back: smoke-failed");
  expect(text).toContain("✓ staging runs here");
  expect(text).toContain("approved by octocat Fri 09:20 +01:00, plan 8d21f6b0c3e7");
  expect(text).toContain("approved by hubot Thu 09:20 +01:00, plan 5c0e71a94b2d: revoked");
  const soak = panel.getByRole("progressbar", { name: /soak for prod/ });
  expect([await soak.getAttribute("value"), await soak.getAttribute("max")]).toEqual(["86400", "86400"]);
  expect(board.page.url()).toBe(`${boards.server.url}#/release/${shas.colour}`);
  board.expectGood();
});

test("a lane opens why not, with every rule and its evidence", async () => {
  const board = await boards.open();
  await board.page.getByRole("link", { name: "in 2 min (freeze)" }).click();
  const panel = board.page.getByRole("region", { name: "Why not prod?" });
  await panel.getByText("may not enter").waitFor();
  const text = (await panel.innerText()).replace(/\s+/g, " ");
  expect(text).toContain("✗ 1f6ac3d may not enter prod now: 1 of 9 rules.");
  expect(text).toContain("Earliest Fri 12:00 +01:00, until Fri 16:00 +01:00");
  expect(text).toContain('"quarter close" until Fri 12:00 Europe/Berlin');
  expect(text).toContain("clears Fri 12:00 +01:00; can be overridden with a reason");
  expect(text).toContain("slipway.yaml:24 on main");
  expect(await panel.getByRole("region", { name: "Rules that passed" }).getByRole("listitem").count()).toBe(8);
  // The journey of what is asked about stands beside it.
  await panel.getByRole("heading", { name: "Journey of 1f6ac3d" }).waitFor();
  board.expectGood();
});

test("the time field asks the rules of another moment, a link opens the same view, and now comes back", async () => {
  const board = await boards.open("#/why/prod");
  await board.page.getByText("may not enter").waitFor();
  const field = board.page.getByLabel("as of");
  expect(await field.inputValue()).toBe("2026-11-20T11:58");
  await field.fill("2026-11-20T16:30");
  await board.page.getByText("at Fri 2026-11-20 16:30 +01:00, all else taken as it is now").waitFor();
  expect(await board.page.getByText('"weekend" until Mon 2026-11-23 08:00 Europe/Berlin').count()).toBe(1);
  expect(board.page.url()).toContain("as-of=2026-11-20T15%3A30%3A00.000Z");
  expect(boards.server.asked).toContain("/api/why/prod?asOf=2026-11-20T15%3A30%3A00.000Z");

  const again = await boards.open(new URL(board.page.url()).hash);
  await again.page.getByText("at Fri 2026-11-20 16:30 +01:00").waitFor();
  expect(await again.page.getByLabel("as of").inputValue()).toBe("2026-11-20T16:30");

  await field.fill("2026-11-20T13:00");
  await board.page.getByRole("heading", { name: "What may enter prod" }).waitFor();
  await board.page.getByRole("button", { name: "now" }).click();
  await board.page.getByText("may not enter prod now").waitFor();
  expect(board.page.url()).not.toContain("as-of");
  board.expectGood();
});

test("half a time asks nothing", async () => {
  const board = await boards.open("#/why/prod");
  await board.page.getByText("may not enter").waitFor();
  const asked = (): number => boards.server.asked.filter((path) => path.startsWith("/api/why")).length;
  await board.page.getByLabel("as of").fill("");
  await board.page.getByRole("heading", { name: "Timeline" }).click();
  expect(await board.page.getByText("may not enter prod now").count()).toBe(1);
  expect(asked()).toBe(1);
});

test("an epoch of the timeline opens its record, and a step its log", async () => {
  const board = await boards.open();
  await board.page.getByRole("link", { name: /^staging epoch 43: failed, put back/ }).click();
  const panel = board.page.getByRole("region", { name: "staging epoch 43" });
  await panel.getByRole("table").waitFor();
  const text = (await panel.innerText()).replace(/\s+/g, " ");
  for (const said of [
    "✗ failed, put back: service-unhealthy",
    "octocat, its run",
    "took 53 s",
    "soak the fix cannot wait for the morning",
    "INC-3121",
    "service-unhealthy at roll-service api: task 1f0c9a exited 1 after 3.2 s, never ready on /readyz",
    "0 requests reached the new tasks",
    "last 1 of 7 lines",
    "0 of 2 new tasks healthy; circuit breaker after 3 starts",
  ])
    expect(text).toContain(said);
  await panel.getByRole("link", { name: "log of step 5" }).click();
  const log = panel.getByRole("region", { name: "Lines of roll-service api" });
  expect(await log.innerText()).toContain('{"level":"info","msg":"listening"}');
  expect(board.page.url()).toBe(`${boards.server.url}#/epoch/staging/43?log=5`);
  board.expectGood();
});

test("an environment whose ledger cannot be read says so in the timeline and on a journey, beside the others", async () => {
  const because = "record 41 of staging is missing";
  const unread = <T extends { readonly env: string }>(all: readonly T[], nothing: Partial<T>): readonly T[] =>
    all.map((one) => (one.env === "staging" ? { ...one, ...nothing, because } : one));
  const whole = timeline(7);
  const emptied = { ...whole, environments: unread(whole.environments, { runs: [], epochs: [] }) };
  const nothing = { attempts: [], runs: [], isRunning: false, soak: null, approvals: [] };
  boards.server.answers.set("/api/timeline", () => emptied);
  boards.server.answers.set(`/api/journey/${journey.sha}`, () => ({
    ...journey,
    environments: unread(journey.environments, nothing),
  }));
  const board = await boards.open(`#/release/${journey.sha}`);
  const shown = board.page.getByRole("region", { name: "Timeline" });
  await shown.getByText(`staging cannot be shown: ${because}`).waitFor();
  expect(await shown.getByRole("group", { name: "staging: could not tell" }).count()).toBe(1);
  expect(await shown.getByRole("link", { name: /^prod epoch/ }).count()).toBeGreaterThan(0);
  const way = board.page.getByRole("region", { name: "Journey of 1f6ac3d" });
  const stop = way.getByRole("listitem").filter({ has: board.page.getByRole("heading", { name: /staging/ }) });
  expect((await stop.innerText()).replace(/\s+/g, " ")).toContain(`could not tell ${because}`);
  board.expectGood();
});

test("a step of the way back has a log of its own", async () => {
  const board = await boards.open("#/epoch/staging/43?log=back-1");
  await board.page.getByRole("heading", { name: "Log of put back, roll-service api" }).waitFor();
  await expect.poll(() => boards.server.asked).toContain("/api/log/staging/43/1?back=1");
});

test("the copy button copies a whole command with all 40 digits", async () => {
  const board = await boards.open();
  const lane = board.page.getByRole("article", { name: "prod" });
  await lane.getByRole("button", { name: /^copy promote --sha/ }).click();
  await lane.getByRole("status").getByText("copied").waitFor();
  expect(await board.page.evaluate("navigator.clipboard.readText()")).toBe(`promote --sha ${shas.colour} --env prod`);
  board.expectGood();
});

test("without a clipboard the command is selected, and that is said", async () => {
  const board = await boards.open();
  await board.page.evaluate("navigator.clipboard.writeText = () => Promise.reject(new Error('no'))");
  const lane = board.page.getByRole("article", { name: "prod" });
  await lane.getByRole("button", { name: /^copy promote --sha/ }).click();
  await lane.getByRole("status").getByText("select it and press Ctrl-C").waitFor();
  expect(await board.page.evaluate("String(getSelection())")).toBe(`promote --sha ${shas.colour} --env prod`);
});

test("each figure opens the list that it was counted from, over 30 and 90 days", async () => {
  const board = await boards.open();
  const tiles = board.page.locator(".tiles li");
  await tiles.getByRole("link", { name: "4.2" }).waitFor();
  expect((await tiles.allInnerTexts()).map((tile) => tile.replace(/\s+/g, " "))).toEqual([
    "Deploys a week 4.2 30 days 3.9 90 days",
    "Lead time 1 d 3 h 30 days 1 d 3 h 90 days",
    "Change failure 9 % (2 of 22) 30 days 9 % (2 of 22) 90 days",
    "Recovery 52 min 30 days none yet 90 days",
  ]);
  await tiles.nth(2).getByRole("link").first().click();
  const panel = board.page.getByRole("region", { name: "Change failure, last 30 days" });
  expect(await panel.getByRole("row").count()).toBe(3);
  await panel.getByRole("link", { name: "epoch 16" }).click();
  await board.page.getByRole("heading", { name: "prod epoch 16" }).waitFor();
  board.expectGood();
});

test("the releases are listed with where each runs, damaged ones too", async () => {
  const board = await boards.open();
  await board.page.getByRole("link", { name: "releases" }).click();
  const rows = board.page.getByRole("region", { name: "List of releases" }).getByRole("row");
  await rows.nth(1).waitFor();
  expect(await rows.count()).toBe(7);
  expect(await rows.nth(6).innerText()).toContain("release.json is not what its digest says");
});

test("Back and Forward go through what was open", async () => {
  const board = await boards.open();
  const { page } = board;
  await page.getByRole("link", { name: "no: order" }).waitFor();
  await page.getByRole("link", { name: "in 2 min (freeze)" }).click();
  await page.getByRole("heading", { name: "Why not prod?" }).waitFor();
  await page.getByRole("link", { name: "epoch 59", exact: true }).click();
  await page.getByRole("heading", { name: "dev epoch 59" }).waitFor();
  await page.goBack();
  await page.getByRole("heading", { name: "Why not prod?" }).waitFor();
  await page.goBack();
  await expect.poll(() => page.locator(".panel").count()).toBe(0);
  await page.goForward();
  await page.getByRole("heading", { name: "Why not prod?" }).waitFor();
});

test("the length of the timeline is part of the address, and stays when a panel opens", async () => {
  const board = await boards.open("#/?days=30");
  await board.page.getByRole("link", { name: /^prod epoch 17/ }).click();
  await board.page.getByRole("heading", { name: "prod epoch 17" }).waitFor();
  expect(board.page.url()).toBe(`${boards.server.url}#/epoch/prod/17?days=30`);
  await board.page.getByRole("link", { name: "90 days" }).click();
  await expect.poll(() => boards.server.asked).toContain("/api/timeline?days=90");
  await board.page.getByRole("heading", { name: "prod epoch 17" }).waitFor();
});

test("a young ladder is shown by the hour until somebody chooses another length", async () => {
  const { until, ...week } = timeline(7);
  const from = new Date(Date.parse(until) - 40 * 60_000).toISOString();
  const environments = week.environments.map(({ env, because, epochs }) => ({
    env,
    because,
    runs: [{ sha: shas.colour, from, until: null }],
    epochs: epochs.slice(0, 1).map((epoch) => ({ ...epoch, startedAt: from, endedAt: from })),
  }));
  boards.server.answers.set("/api/timeline", () => ({ ...week, until, freezes: [], environments }));
  const { page } = await boards.open();
  const chosen = page.getByRole("navigation", { name: "Length of the timeline" }).locator("[aria-current]");
  await expect.poll(() => chosen.allInnerTexts()).toEqual(["1 hour"]);
  expect(await page.locator(".axis text").allTextContents()).toContain("11:30");
  await page.getByRole("link", { name: "7 days" }).click();
  await expect.poll(() => chosen.allInnerTexts()).toEqual(["7 days"]);
  expect(page.url()).toContain("?days=7");
  expect(await page.locator(".axis text").allTextContents()).toContain("Mon 16");
});

const focused = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent";

test("a keyboard alone opens, goes along the timeline, closes, and gets its place back", async () => {
  const board = await boards.open();
  const { page } = board;
  await page.getByRole("link", { name: /^prod epoch 17/ }).waitFor();
  const tabTo = async (wanted: RegExp): Promise<void> => {
    for (let presses = 0; presses < 60; presses += 1) {
      await page.keyboard.press("Tab");
      if (wanted.test(String(await page.evaluate(focused)))) return;
    }
    throw new Error(`Tab did not reach ${wanted}`);
  };
  await tabTo(/^in 2 min/);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Why not prod?" }).waitFor();
  await expect.poll(() => page.evaluate(focused)).toBe("Why not prod?");
  await page.keyboard.press("Escape");
  await expect.poll(() => page.locator(".panel").count()).toBe(0);
  await expect.poll(() => page.evaluate(focused)).toBe("in 2 min (freeze)");

  await tabTo(/^staging epoch 44/);
  await page.keyboard.press("ArrowLeft");
  expect(await page.evaluate(focused)).toMatch(/^staging epoch 43/);
  expect(await page.locator(".readout").innerText()).toContain("staging epoch 43: failed, put back: service-unhealthy");
  await page.keyboard.press("Home");
  expect(await page.evaluate(focused)).toMatch(/^staging epoch 40/);
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "staging epoch 43" }).waitFor();
  await tabTo(/^log of step 5/);
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "Lines of roll-service api" }).waitFor();
  // The same link, which now hides it, keeps the focus.
  await expect.poll(() => page.evaluate(focused)).toMatch(/^hide of step 5/);
  await page.keyboard.press("Escape");
  await expect.poll(() => page.evaluate(focused)).toMatch(/^staging epoch 43/);
  board.expectGood();
});

test("whatever has the focus shows it", async () => {
  const board = await boards.open("#/why/prod");
  const { page } = board;
  await page.getByRole("link", { name: /^prod epoch 17/ }).waitFor();
  await page.evaluate("document.querySelector('h1').focus()");
  const seen: unknown[] = [];
  for (let presses = 0; presses < 45; presses += 1) {
    await page.keyboard.press("Tab");
    seen.push(
      await page.evaluate(`(() => {
        const element = document.activeElement;
        if (element === document.body) return true;
        const ring = element.querySelector?.(".point-focus");
        const style = getComputedStyle(element);
        const shows = ring ? getComputedStyle(ring).stroke !== "none" : style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
        return shows || element.outerHTML.slice(0, 120);
      })()`),
    );
  }
  expect(seen.filter((one) => one !== true)).toEqual([]);
});

test("the board is asked each 5 s, the rest only when a ledger grows, the timeline each minute too", async () => {
  const board = await boards.open();
  const { page } = board;
  await page.getByRole("link", { name: /^prod epoch 17/ }).waitFor();
  const count = (path: string): number => boards.server.asked.filter((one) => one.startsWith(path)).length;
  await expect.poll(() => count("/api/figures")).toBe(2);
  const before = { board: count("/api/board"), timeline: count("/api/timeline"), figures: count("/api/figures") };
  expect(before.timeline).toBe(1);
  for (let polls = 1; polls <= 4; polls += 1) {
    await page.clock.runFor(5_000);
    await expect.poll(() => count("/api/board")).toBe(before.board + polls);
  }
  expect([count("/api/timeline"), count("/api/figures")]).toEqual([before.timeline, before.figures]);
  boards.server.answers.set("/api/board", () => boardWith("prod", {}, { seq: 101 }));
  await page.clock.runFor(5_000);
  await expect.poll(() => count("/api/timeline")).toBe(before.timeline + 1);
  await expect.poll(() => count("/api/figures")).toBe(before.figures + 2);
  await page.clock.fastForward(60_000);
  await expect.poll(() => count("/api/timeline")).toBe(before.timeline + 2);
  expect(count("/api/figures")).toBe(before.figures + 2);
});

test("while the rules and the ladder would say different things, the rules are asked again at once", async () => {
  const board = await boards.open("#/why/prod");
  const { page } = board;
  await page.getByText("may not enter prod now").waitFor();
  const next = {
    sha: shas.colour,
    commits: 2,
    decision: "allowed",
    earliest: null,
    until: "2026-11-20T15:00:00Z",
    reasons: [],
    failed: null,
  } as const;
  boards.server.answers.set("/api/board", () => boardWith("prod", { next }));
  boards.server.answers.set("/api/why/prod", () => whyProd("2026-11-20T11:00:01Z"));
  await page.clock.runFor(5_000);
  await page.getByRole("heading", { name: "What may enter prod" }).waitFor();
});
