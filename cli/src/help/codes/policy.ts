import type { CodePage } from "../page.ts";

/** May it move now: order, time and people. */
export const policyCodes = {
  order: {
    why: "The environment below has not run exactly these bytes to a good end, or what it runs is not what was recorded.",
    look: "What the environment below runs, and whether it drifted.",
    help: "Promote it there first. A hotfix passes over this with --override order, where policy allows it.",
    command: "promote status",
  },
  soak: {
    why: "The environment below has not run the release long enough without a gap.",
    look: "Since when it runs there, and when the time is over.",
    help: "Wait until the time that is shown, or pass over it where policy allows it.",
    command: "promote explain --sha <sha> --env <env>",
  },
  ancestry: {
    why: "The commit is not on the configured branch, or it is older than what runs.",
    look: "Where the commit stands: `git log --oneline --graph`.",
    help: "Merge it first. Going back to an older release is a rollback, never a promotion.",
    command: "promote rollback --env <env> --to <sha>",
  },
  "never-ran": {
    why: "A rollback leads only to releases that ended well in this environment before; this one did not.",
    look: "Which releases did.",
    help: "Name one of those, or promote the release like any other.",
    command: "promote history --env <env>",
  },
  freeze: {
    why: "A freeze of slipway.yaml covers this moment; forward moves wait for its end.",
    look: "Its name, zone and end, and the line that says so.",
    help: "Wait. A rollback, and a promotion that was begun before, pass. Where policy allows it, an override goes on record.",
    command: "promote explain --sha <sha> --env <env>",
  },
  approval: {
    why: "Too few people other than the one who asks have approved exactly this plan, or their approvals expired.",
    look: "Who approved which plan: an approval is void once the plan moves.",
    help: "Somebody else approves this plan.",
    command: "promote approve --sha <sha> --env <env>",
  },
  held: {
    why: "The environment is held, and the request came from automation.",
    look: "Who holds it, since when and why; after a rollback it is held by itself.",
    help: "A person may promote all the same, which lifts the hold; or lift it.",
    command: "promote hold --env <env> --lift",
  },
  "plan-moved": {
    why: "The plan of now has another hash than --expect names: the environment, the release or the target changed meanwhile.",
    look: "The plan of now.",
    help: "Read it, have it approved if that is asked for, and name its hash.",
    command: "promote plan --sha <sha> --env <env>",
  },
} as const satisfies Readonly<Record<string, CodePage>>;
