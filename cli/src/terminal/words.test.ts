import { describe, expect, it } from "vitest";
import { parseDuration, spellAge, spellSeconds, spellStepSeconds } from "./durations.ts";
import { cutTo, padTo, printable, widthOf } from "./escape.ts";
import { quoteArgument } from "./message.ts";
import { tableLines } from "./table.ts";
import { parseTime, utc, utcClock } from "./times.ts";
import { timedLines, wrap } from "./wrap.ts";

describe("durations", () => {
  it.each([
    [0.04, "0.0 s"],
    [0.92, "0.9 s"],
    [9.96, "10 s"],
    [16.2, "16 s"],
    [59.7, "1 min"],
    [74.2, "1 min 14 s"],
    [3600, "1 h"],
    [11_520, "3 h 12 min"],
    [356_400, "4 d 3 h"],
  ])("spells %d seconds as %s", (seconds, text) => {
    expect(spellSeconds(seconds)).toBe(text);
  });

  it("keeps a decimal in a column of steps", () => {
    expect([0.24, 31.3, 59.96, 74.2].map(spellStepSeconds)).toEqual(["0.2 s", "31.3 s", "1 min", "1 min 14 s"]);
  });

  it("never shows a fraction of an age", () => {
    expect([0.2, 59.9, 61].map(spellAge)).toEqual(["0 s", "59 s", "1 min 1 s"]);
  });

  it.each([
    ["500ms", 500],
    ["30s", 30_000],
    ["10m", 600_000],
    ["7d", 604_800_000],
    ["10", null],
    ["1.5h", null],
    ["-1s", null],
    ["10 m", null],
    ["99999999s", null],
  ])("reads %s as %s milliseconds", (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });
});

describe("times", () => {
  it("are UTC to the second in a log", () => {
    expect(utc("2026-11-19T10:04:04.123Z")).toBe("2026-11-19T10:04:04Z");
    expect(utcClock("2026-11-19T10:04:04.123Z")).toBe("10:04:04Z");
  });

  it.each([
    ["2026-11-20T16:30Z", "2026-11-20T16:30:00.000Z"],
    ["2026-11-20 16:30+02:00", "2026-11-20T14:30:00.000Z"],
    ["2026-11-20T16:30:15Z", "2026-11-20T16:30:15.000Z"],
    ["2026-02-30", null],
    ["2026-13-01T00:00Z", null],
    ["16:30", null],
    ["Friday", null],
  ])("reads %s", (text, instant) => {
    expect(parseTime(text)).toBe(instant);
  });
});

describe("text from outside", () => {
  it("cannot move the cursor, hide, or turn its direction", () => {
    expect(printable("a\u001b[2Jb\u202ec\u200bd\r\ne")).toBe("a\\u001b[2Jb\\u202ec\\u200bd\\u000d\\ne");
  });

  it("is measured by the columns that it takes", () => {
    expect(["abc", "日本", "e\u0301", "🚀", "\u001b[32m✓\u001b[0m"].map(widthOf)).toEqual([3, 4, 1, 2, 1]);
    expect(padTo("日本", 6)).toBe("日本  ");
    expect(cutTo("日本語のコミット", 10)).toBe("日本語...");
  });

  it.each([
    ["plain", "plain"],
    ["two words", "'two words'"],
    ["it's $HOME", `'it'\\''s $HOME'`],
    ["<text>", "'<text>'"],
    ["", "''"],
    ["it's\u001b[31m\u202e\\ here\n", "$'it\\'s\\u001b[31m\\u202e\\\\ here\\n'"],
  ])("is quoted for a shell: %s", (text, quoted) => {
    expect(quoteArgument(text)).toBe(quoted);
  });
});

describe("layout", () => {
  it("stands in columns", () => {
    expect(
      tableLines([
        ["", "runs"],
        ["dev", "c2b8f60"],
        ["日本", ""],
      ]),
    ).toEqual(["       runs", "dev    c2b8f60", "日本"]);
  });

  it("puts the last cells of each row below it where the terminal is too narrow", () => {
    const rows = [
      ["", "runs", "since", "state"],
      ["dev", "c2b8f60", "Fri 10:41", "drift: worker runs 1f6ac3d"],
      ["prod", "", "", "empty"],
    ];
    expect(tableLines(rows, 40)).toEqual([
      "       runs      since       state",
      "dev    c2b8f60   Fri 10:41",
      "       drift: worker runs 1f6ac3d",
      "prod                         empty",
    ]);
    expect(tableLines(rows, 80)).toEqual(tableLines(rows));
  });

  it("keeps a time in its column, and text that is too long goes on below itself", () => {
    expect(
      timedLines("✓ web          ", "38 files: every reference resolves, and none is missing", "0.1 s", 60),
    ).toEqual(["✓ web          38 files: every reference resolves, and 0.1 s", "               none is missing"]);
  });

  it("counts no colours when it wraps", () => {
    const green = "\u001b[32m✓\u001b[0m";
    const line = `${green} quarantine   none        ${green} hold`;
    expect(wrap(line, 40, 4)).toEqual([line]);
  });

  it("wraps at spaces, indents what follows, and leaves long words whole", () => {
    const word = "x".repeat(60);
    expect(wrap(`  one two three four five six ${word} end`, 40, 4)).toEqual([
      "  one two three four five six",
      `    ${word}`,
      "    end",
    ]);
  });
});
