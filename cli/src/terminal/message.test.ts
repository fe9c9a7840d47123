import { describe, expect, it } from "vitest";
import { fakeShell } from "../../test/fake-shell.ts";
import { type Message, messageLines } from "./message.ts";
import { styleOf } from "./style.ts";

const sha = "1f6ac3dc1626e53a13043b026c48bbf33feff924";
const wide = styleOf(fakeShell({ isTerminal: true }), { plain: false });
const narrow = styleOf(fakeShell({ isTerminal: true, columns: () => 80 }), { plain: false });
const log = styleOf(fakeShell(), { plain: false });

const refusal: Message = {
  verdict: "Refused",
  text: "1f6ac3d may not enter prod now. 3 reasons. Nothing was changed.",
  blocks: [
    {
      label: "soak",
      fact: "staging has run it for 3 h 12 min, prod asks for 24 h",
      clears: "clears Fri 11:04",
      evidence: ["staging epoch 42, since Thu 2026-11-19 11:04 +01:00, no gap"],
    },
    {
      label: "freeze",
      fact: '"quarter close" until Fri 12:00 Europe/Berlin',
      clears: "clears Fri 12:00",
      evidence: ["slipway.yaml:24 on main"],
    },
    {
      label: "approval",
      fact: "0 of 1 for plan 8d21f6b0c3e7; you ask, so somebody else approves",
      clears: "needs a person",
      evidence: ["may approve: team:release (you are octocat)"],
    },
  ],
  notes: [["Earliest", 'Fri 2026-11-20 12:00 +01:00, until Fri 16:00 (freeze "weekend"), once approved']],
  next: [`promote approve --sha ${sha} --env prod  # not by you`, `promote explain --sha ${sha} --env prod`],
};

describe("a message", () => {
  it("is laid out as the reference shows it", () => {
    expect(messageLines(refusal, wide).join("\n")).toBe(
      `Refused: 1f6ac3d may not enter prod now. 3 reasons. Nothing was changed.
  soak       staging has run it for 3 h 12 min, prod asks for 24 h              clears Fri 11:04
             staging epoch 42, since Thu 2026-11-19 11:04 +01:00, no gap
  freeze     "quarter close" until Fri 12:00 Europe/Berlin                      clears Fri 12:00
             slipway.yaml:24 on main
  approval   0 of 1 for plan 8d21f6b0c3e7; you ask, so somebody else approves   needs a person
             may approve: team:release (you are octocat)
Earliest  Fri 2026-11-20 12:00 +01:00, until Fri 16:00 (freeze "weekend"), once approved
Next      promote approve --sha ${sha} --env prod  # not by you
          promote explain --sha ${sha} --env prod`,
    );
  });

  it("has the same words in 80 columns, and commands stay whole", () => {
    const lines = messageLines(refusal, narrow);
    const words = (text: readonly string[]) => text.join(" ").split(/\s+/).toSorted();
    expect(words(lines)).toEqual(words(messageLines(refusal, wide)));
    expect(lines.filter((line) => line.length > 80 && !line.includes("promote "))).toEqual([]);
    expect(lines).toContain(`Next      promote approve --sha ${sha} --env prod  # not by you`);
  });

  it("is never cut in a log, and carries its time there", () => {
    const text = "x ".repeat(200).trim();
    expect(messageLines({ verdict: "Done in 16 s", text, at: "10:04:04Z" }, log)).toEqual([
      `10:04:04Z Done in 16 s. ${text}`,
    ]);
  });

  it("lets nothing from outside act on the terminal", () => {
    const lines = messageLines(
      { verdict: "Failed", text: "a\u001b[2J", blocks: [{ label: "cause", fact: "b\r", evidence: ["\u009bc"] }] },
      wide,
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of these may come through
    expect(lines.join("\n")).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });
});
