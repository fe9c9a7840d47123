import type { ExitCode } from "@slipway/pipeline";
import type { Call } from "./call.ts";

export interface Flag {
  readonly name: string;
  /** What its value is called; null: it has none. */
  readonly value: string | null;
  readonly help: string;
  /** It may be given again, with another value. */
  readonly repeats?: true;
}
export interface Verb {
  readonly name: string;
  /** One line of `promote --help`. */
  readonly help: string;
  /** How it is called, without `promote`. */
  readonly usage: string;
  readonly flags: readonly Flag[];
  /** First words that it takes (`lock break`); null: any. */
  readonly words: readonly string[] | null;
  readonly mostWords: number;
  /** It takes a command after `--`. */
  readonly takesCommand?: boolean;
  /** Null: it is not in this version. */
  readonly load: (() => Promise<{ readonly run: (call: Call) => Promise<ExitCode> }>) | null;
}

const flag = (name: string, value: string | null, help: string): Flag => ({ name, value, help });
const sha = flag("sha", "<sha>", "the commit");
const env = flag("env", "<env>", "the environment");
const reason = flag("reason", "<text>", "why; goes on record");
const wait = flag("wait", "<duration>", "how long to wait for whoever changes it now (0s)");
const to = flag("to", "<sha>", "the release to go back to");
const overrides = flag("override", "<code,...>", "rules to pass over, where policy allows it; needs --reason");
const until = flag("until", "<state>", "healthy or drained: when a service counts as rolled (healthy)");

/** Flags of every verb. */
export const globalFlags: readonly Flag[] = [
  flag("json", null, "one JSON document on stdout, on errors too"),
  flag("events", null, "JSON lines as things happen; the last is that document"),
  flag("plain", null, "one line an event, no cursor movement"),
  flag("local", null, "this machine's own copy of the ladder"),
  flag("config", "<file>", "another slipway.yaml"),
  flag("store", "<url>", "another store: a folder, or s3://bucket/prefix"),
  flag("help", null, "this text"),
  flag("version", null, "the version of promote"),
];

/** The main verb, which has no name. */
export const promotion: Verb = {
  name: "",
  help: "move a release into an environment",
  usage: "--sha <sha> --env <env>",
  flags: [
    sha,
    env,
    flag("expect", "<hash>", "apply only the plan with this hash"),
    wait,
    overrides,
    reason,
    flag("automatic", null, "a workflow asks, not a person: obeys holds, and an overtaken release is no failure"),
    until,
  ],
  words: null,
  mostWords: 0,
  load: () => import("./commands/promote.ts"),
};

const everyDay: readonly Verb[] = [
  {
    name: "status",
    help: "what runs where, since when, by whom, and what may go next",
    usage: "status",
    flags: [
      env,
      flag("releases", null, "the newest 20 releases"),
      flag("watch", null, "look again each 5 s until interrupted"),
    ],
    words: null,
    mostWords: 0,
    load: () => import("./commands/status.ts"),
  },
  {
    name: "plan",
    help: "the steps a promotion would take, and their hash; changes nothing",
    usage: "plan --sha <sha> --env <env>",
    flags: [sha, env, flag("rollback", null, "of a rollback"), to],
    words: null,
    mostWords: 0,
    load: () => import("./commands/plan.ts"),
  },
  {
    name: "approve",
    help: "approve one plan for one environment",
    usage: "approve --sha <sha> --env <env>",
    flags: [
      sha,
      env,
      flag("expect", "<hash>", "the plan to approve; needed off a terminal"),
      flag("revoke", null, "take an approval back"),
    ],
    words: null,
    mostWords: 0,
    load: () => import("./commands/approve.ts"),
  },
  {
    name: "diff",
    help: "what differs between two environments",
    usage: "diff <env> <env>",
    flags: [],
    words: null,
    mostWords: 2,
    load: () => import("./commands/diff.ts"),
  },
  {
    name: "board",
    help: "the same as a web page on this machine, read-only",
    usage: "board",
    flags: [flag("port", "<port>", "its port (4600)"), flag("open", null, "open it in a browser")],
    words: null,
    mostWords: 0,
    load: () => import("./commands/board.ts"),
  },
];

const whenWrong: readonly Verb[] = [
  {
    name: "rollback",
    help: "go back to the last good release, or to the one you name",
    usage: "rollback --env <env>",
    flags: [
      env,
      to,
      flag("only", "<part>", "web: the pages alone"),
      reason,
      wait,
      flag("yes", null, "do not ask; needed off a terminal without --to"),
    ],
    words: null,
    mostWords: 0,
    load: () => import("./commands/rollback.ts"),
  },
  {
    name: "explain",
    help: "every reason for and against, with evidence and the time it clears",
    usage: "explain --sha <sha> --env <env>",
    flags: [sha, env, flag("as-of", "<time>", "as if it were then"), flag("rollback", null, "of a rollback"), to],
    words: null,
    mostWords: 0,
    load: () => import("./commands/explain.ts"),
  },
  {
    name: "history",
    help: "who changed what, when, and how it ended",
    usage: "history",
    flags: [
      env,
      flag("epoch", "<n>", "one epoch, whole"),
      flag("log", "<step>", "the log of a step"),
      flag("limit", "<n>", "how many (20)"),
      flag("verify", null, "the hash chain"),
    ],
    words: null,
    mostWords: 0,
    load: () => import("./commands/history.ts"),
  },
  {
    name: "verify",
    help: "compare stored or running bytes with the release",
    usage: "verify --sha <sha>",
    flags: [sha, env],
    words: null,
    mostWords: 0,
    load: () => import("./commands/verify.ts"),
  },
  {
    name: "doctor",
    help: "prove now that a promotion and a rollback would work",
    usage: "doctor",
    flags: [env],
    words: null,
    mostWords: 0,
    load: () => import("./commands/doctor.ts"),
  },
  {
    name: "hold",
    help: "keep automation away from an environment",
    usage: "hold --env <env> --reason <text>",
    flags: [env, reason, flag("lift", null, "let automation move it again")],
    words: null,
    mostWords: 0,
    load: () => import("./commands/hold.ts"),
  },
  {
    name: "quarantine",
    help: "mark a release as bad, for every environment",
    usage: "quarantine --sha <sha> --reason <text>",
    flags: [sha, reason, flag("lift", null, "take the mark back")],
    words: null,
    mostWords: 0,
    load: () => import("./commands/quarantine.ts"),
  },
  {
    name: "lock",
    help: "who is changing an environment; lock break a dead lease; lock run a command under it (-- pulumi up)",
    usage: "lock [break|run] --env <env>",
    flags: [env, reason, wait],
    words: ["break", "run"],
    mostWords: 1,
    takesCommand: true,
    load: () => import("./commands/lock.ts"),
  },
];

const settingUp: readonly Verb[] = [
  {
    name: "init",
    help: "look at this repository and write slipway.yaml",
    usage: "init",
    flags: [
      flag("print", null, "to stdout, writing nothing"),
      flag("yes", null, "take each guess"),
      flag("github", null, "the workflows too"),
    ],
    words: null,
    mostWords: 0,
    load: () => import("./commands/init.ts"),
  },
  {
    name: "local",
    help: "environments on this machine",
    usage: "local start|stop|status|logs",
    flags: [
      env,
      flag("service", "<service>", "of one service"),
      flag("follow", null, "go on as lines come"),
      flag("purge", null, "stop: remove what the environments stored too"),
    ],
    words: ["start", "stop", "status", "logs"],
    mostWords: 1,
    load: () => import("./commands/local.ts"),
  },
  {
    name: "completion",
    help: "completion for bash, zsh or fish",
    usage: "completion bash|zsh|fish",
    flags: [],
    words: ["bash", "zsh", "fish"],
    mostWords: 1,
    load: () => import("./commands/completion.ts"),
  },
];

const plumbing: readonly Verb[] = [
  {
    name: "build",
    help: "build the commit you stand on and publish it",
    usage: "build",
    flags: [
      flag("sha", "<sha>", "the commit (HEAD)"),
      {
        ...flag("image", "<service>=<ref>", "an image that was built elsewhere, by digest; once a service"),
        repeats: true,
      },
      flag("out", "<dir>", "only build, into a folder; needs no credential"),
    ],
    words: null,
    mostWords: 0,
    load: () => import("./commands/build.ts"),
  },
  {
    name: "publish",
    help: "publish what `build --out` made, running none of its code",
    usage: "publish --from <dir> --digest <digest>",
    flags: [flag("from", "<dir>", "what build --out made"), flag("digest", "<digest>", "what build --out printed")],
    words: null,
    mostWords: 0,
    load: () => import("./commands/publish.ts"),
  },
  {
    name: "migrations",
    help: "check pending ones; explain a rule; split a file",
    usage: "migrations check|explain|split",
    flags: [flag("format", "<format>", "text, sarif, github or markdown")],
    words: ["check", "explain", "split"],
    mostWords: 2,
    load: null,
  },
  {
    name: "help",
    help: "a page about a verb or a reason code, offline",
    usage: "help [<verb>|<code>]",
    flags: [],
    words: null,
    mostWords: 1,
    load: () => import("./commands/help.ts"),
  },
];

export const groups: readonly { readonly title: string; readonly verbs: readonly Verb[] }[] = [
  { title: "Every day", verbs: everyDay },
  { title: "When something is wrong", verbs: whenWrong },
  { title: "Setting up", verbs: settingUp },
  { title: "Plumbing, mostly for pipelines", verbs: plumbing },
];
export const verbs: readonly Verb[] = groups.flatMap((group) => group.verbs);
