import type { VerbPage } from "../page.ts";

const promotionExits = {
  3: "the answer is no, with every reason; nothing was changed",
  4: "it was tried and failed; the environment runs what it ran before",
  5: "somebody else is changing the environment, or took it over",
  6: "parts differ, and each is named",
  130: "stopped by hand; the environment is as before",
} as const;

export const everyDay = {
  promote: {
    about: [
      "Moves the bytes that promote build published for this commit into an environment: migrations, services in their order, then the web. It looks, plans and asks every rule before it takes the lease, and again under it; a refusal changes nothing.",
      "What runs already is not touched. A run that dies is finished by the same command; going back is promote rollback.",
    ],
    examples: [
      ["promote --sha 1f6ac3dc1626e53a13043b026c48bbf33feff924 --env staging", "move a release"],
      ["promote --sha <sha> --env prod --expect 8d21f6b0c3e7", "only if the plan is still this one"],
      ["promote --sha <sha> --env prod --wait 10m", "wait for whoever changes it now"],
      ['promote --sha <sha> --env prod --override freeze --reason "<text>"', "pass over a rule, on record"],
    ],
    exits: promotionExits,
  },
  status: {
    about: [
      "What each environment runs by record, since when and by whom, whether what runs is still that, and which release may go where next.",
      "It reads and changes nothing, and starts nothing.",
    ],
    examples: [
      ["promote status", "all environments"],
      ["promote status --env prod --json", "one, for a program"],
      ["promote status --releases", "the newest 20 releases"],
    ],
    exits: {},
  },
  plan: {
    about: [
      "The steps that a promotion would take, what each finds done already, and their hash. The hash covers what the plan promises and what settled last: never the clock, health, counts or approvals.",
      "An approval and --expect are for exactly this hash.",
    ],
    examples: [
      ["promote plan --sha <sha> --env prod", "of a promotion"],
      ["promote plan --env prod --rollback", "of the way back"],
    ],
    exits: { 3: "the plan may not be applied now; every reason is told" },
  },
  approve: {
    about: [
      "Approves one plan of one release for one environment, in your name, until it expires. It counts for nothing else: once the plan moves, it has to be given again. Whoever asks for the promotion does not count.",
      "On a terminal the plan is shown and asked about. Off a terminal --expect names the plan that was read.",
    ],
    examples: [
      ["promote approve --sha <sha> --env prod", "look, then say yes"],
      ["promote approve --sha <sha> --env prod --expect 8d21f6b0c3e7", "off a terminal"],
      ["promote approve --sha <sha> --env prod --revoke", "take it back"],
    ],
    exits: { 3: "the plan is not the one expected, or there is none", 130: "the question was answered with no" },
  },
  diff: {
    about: [
      "What differs between two environments: commits, images by digest, migrations that were applied, web files by content. It compares what each runs by record, and says so where one of them runs something else.",
      "It reads and changes nothing, and starts nothing.",
    ],
    examples: [
      ["promote diff prod staging", "what prod would get from staging"],
      ["promote diff prod staging --json", "with every path and commit, for a program"],
    ],
    exits: {},
  },
  board: {
    about: [
      "What status, explain, history and verify tell, as a page on this machine: what runs where, what may go next and why not, the journey of each release, a timeline, and the four figures of DORA with the list that each was counted from.",
      "It can only be read: nothing in it changes anything, and what can be done is a command to copy. It listens on 127.0.0.1 alone, until Ctrl-C; with --json it prints one document with its address once it can be asked. The port is local.port of slipway.yaml, else 4600; 0 takes any free one.",
    ],
    examples: [
      ["promote board --open", "in a browser"],
      ["promote board --port 0 --json", "on a free port; its address as JSON"],
      ["promote board --store <folder>", "where there is no checkout"],
    ],
    exits: { 2: "the port is taken, or the store cannot be read" },
  },
} as const satisfies Readonly<Record<string, VerbPage>>;
