import { describe, expect, test } from "vitest";
import { code, fenced, link, marker, place, prose, row } from "./markdown.ts";
import { linesOf, mostBytes, pageOf } from "./page.ts";
import { inLines, restIn, spellNote } from "./words.ts";

const cut = "&#8203;";

describe("text from outside", () => {
  test.each([
    {
      name: "mark-up",
      text: "a *b* _c_ `d` [e](f) ~g~ \\h",
      shown: "a \\*b\\* \\_c\\_ \\`d\\` \\[e\\](f) \\~g\\~ \\\\h",
    },
    { name: "HTML", text: "<script>&amp;</script> -->", shown: "&lt;script&gt;&amp;amp;&lt;/script&gt; --&gt;" },
    { name: "a mention", text: "by @octocat and @acme/team", shown: `by @${cut}octocat and @${cut}acme/team` },
    { name: "an issue", text: "fixes #12, acme/x#3, GH-4", shown: `fixes #${cut}12, acme/x#${cut}3, GH-${cut}4` },
    { name: "a commit", text: "Revert 1f6ac3d and a1b2c3", shown: "Revert `1f6ac3d` and a1b2c3" },
    { name: "a digest", text: `is sha256:${"9".repeat(12)}`, shown: `is \`sha256:${"9".repeat(12)}\`` },
    {
      name: "an address",
      text: "https://a.example www.b.example",
      shown: `https:${cut}//a.example www${cut}.b.example`,
    },
    { name: "a picture's name", text: ":tada: at 10:02:50 :+1:", shown: `:${cut}tada: at 10:02:50 :${cut}+1:` },
    { name: "mathematics", text: "$x$", shown: "<span>$</span>x<span>$</span>" },
    { name: "a cell's end", text: "a | b \\| c", shown: "a &#124; b \\\\&#124; c" },
    { name: "several lines", text: "a\n\n# b\r\n", shown: "a\\\\n\\\\n# b" },
    {
      name: "marks of direction",
      text: "a\u202eb\u200bc\u001b[31m\u{e0041}\ud800",
      shown: "a\\\\u202eb\\\\u200bc\\\\u001b\\[31m\\\\u{e0041}\\\\ud800",
    },
    { name: "an account", text: "arn:aws:iam::444455556666:role/x", shown: "arn:aws:iam::(account):role/x" },
    { name: "a timestamp", text: "20261118101500_colour", shown: "20261118101500\\_colour" },
    { name: "a list", text: "- a", shown: "\\- a" },
    { name: "a numbered list", text: "1. a", shown: "1\\. a" },
    { name: "a heading", text: "  # a", shown: "\\# a" },
    { name: "what is plain", text: 'Round half-even, "4 of 5" (24 h)', shown: 'Round half-even, "4 of 5" (24 h)' },
  ])("has no $name in it", ({ text, shown }) => {
    expect(prose(text)).toBe(shown);
  });

  test("is cut, and never within a character", () => {
    expect(prose("x".repeat(600))).toBe(`${"x".repeat(497)}...`);
    expect(prose("😀".repeat(60), 60)).toBe("😀".repeat(60));
    expect(prose("😀".repeat(61), 60)).toBe(`${"😀".repeat(57)}...`);
  });

  test.each([
    { text: "a", shown: "`a`" },
    { text: "`a`", shown: "`` `a` ``" },
    { text: "a ``` b", shown: "````a ``` b````" },
    { text: " a ", shown: "`  a  `" },
    { text: "", shown: "` `" },
    { text: "<b> @x #1 \\", shown: "`<b> @x #1 \\`" },
    { text: "of 444455556666 --expect 444455556666", shown: "`of (account) --expect 444455556666`" },
  ])("$text stays within its code span", ({ text, shown }) => {
    expect(code(text)).toBe(shown);
  });

  test("stays within its block of code", () => {
    expect(fenced(["a", "````", "b\u001b"])).toEqual({
      before: ["`````text"],
      lines: ["a", "````", "b\\u001b"],
      after: ["`````"],
    });
  });

  test("is a place, a row, a link or a name only where it looks like one", () => {
    expect(place("slipway.yaml", 24)).toBe("`slipway.yaml:24`");
    expect(place("a|b.ts", null)).toBe("a&#124;b.ts");
    expect(row("", "a", "", "b")).toBe("| | a | | b |");
    expect(link("the run", "https://github.com/a/b/actions/runs/1")).toBe(
      "[the run](https://github.com/a/b/actions/runs/1)",
    );
    expect(link("x", "javascript:alert(1)")).toBe("x: javascript:alert(1)");
    expect(link("x", "https://a.example/)b")).toBe(`x: https:${cut}//a.example/)b`);
    expect(marker("plan", "a-->b", "prod--")).toBe("<!-- slipway:plan:a--_b:prod__ -->");
  });
});

describe("words", () => {
  test("tell a command from what is said of it", () => {
    const sha = "1f6ac3dc1626e53a13043b026c48bbf33feff924";
    expect(spellNote(`promote rollback --env prod     to ${sha}`)).toBe("`promote rollback --env prod` to `1f6ac3d`");
    expect(spellNote(`promote --sha ${sha} --env prod`)).toBe(`\`promote --sha ${sha} --env prod\``);
    expect(spellNote("promote approve --env prod  # not by you")).toBe("`promote approve --env prod` not by you");
    expect(spellNote("prod: no, order")).toBe("prod: no, order");
  });

  test("stand a few on a line, so that a cut is between lines", () => {
    expect(inLines(["a", "b", "c"], 2)).toEqual(["a · b", "c"]);
  });
});

describe("a page", () => {
  const more = restIn(null, "promote history --env prod");
  const long = (lines: number) => Array.from({ length: lines }, (_, at) => `${at} ${"é".repeat(100)}`);
  test("that fits is whole", () => {
    expect(pageOf([linesOf("a", "")], ["b"], more)).toBe("a\n\nb\n");
  });

  test("that is too long ends after a whole line, closes what is open, and says where the rest is", () => {
    const text = pageOf(
      [linesOf("head"), { before: ["<details>"], lines: long(900), after: ["</details>", ""] }],
      ["last"],
      more,
    );
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(mostBytes);
    expect(Buffer.byteLength(text)).toBeGreaterThan(mostBytes - 300);
    const lines = text.split("\n");
    expect(lines.slice(0, 2)).toEqual(["head", "<details>"]);
    expect(lines.slice(-7)).toEqual([
      "</details>",
      "",
      "",
      "Cut at 60 kB. The rest: `promote history --env prod`",
      "",
      "last",
      "",
    ]);
    expect(lines.slice(2, -7)).toEqual(long(900).slice(0, lines.length - 9));
  });

  test("has room for its first line whatever follows", () => {
    const text = pageOf([linesOf("head"), linesOf("x".repeat(70_000)), linesOf("y")], long(900), more);
    expect(text).toBe("head\n\nCut at 60 kB. The rest: `promote history --env prod`\n");
  });

  test("links the run, where there is one", () => {
    expect(restIn("https://github.com/a/b/actions/runs/1", "x")).toBe(
      "Cut at 60 kB. The rest is in [the run](https://github.com/a/b/actions/runs/1).",
    );
  });
});
