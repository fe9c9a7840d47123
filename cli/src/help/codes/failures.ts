import type { CodePage } from "../page.ts";

/** What was tried and did not work. */
export const failureCodes = {
  "service-not-started": {
    why: "Image, capacity or permission kept every new task from starting. The old ones went on.",
    look: "The cause that the platform gives.",
    help: "Mend that, and run the same command again.",
    command: "promote history --env <env>",
  },
  "service-unhealthy": {
    why: "New tasks started and never became healthy. The environment was put back, and no request reached them unless it says so.",
    look: "The log of the task, and what its health check asks.",
    help: "Mend it in a new commit, and mark this one so that nobody else tries it.",
    command: 'promote quarantine --sha <sha> --reason "<text>"',
  },
  "rolled-back": {
    why: "The platform put the service back by itself.",
    look: "Its own events for that time.",
    help: "Mend what they say, and run the same command again.",
    command: "promote history --env <env>",
  },
  "digest-mismatch": {
    why: "A running task has other bytes than the release says: somebody else deploys there, or the service changes a file that it was shipped with.",
    look: "Which task; and the file, where one is named.",
    help: "Find out who, then promote again. A service that renews a cache, a database or a lock file of its image has to write it beside what it ships, under a name that no file of the image has: mend that in a new commit.",
    command: "promote verify --env <env>",
  },
  "smoke-failed": {
    why: "A smoke check of the release answered otherwise through the public address. The environment was put back.",
    look: "The check, and what was answered.",
    help: "Ask the same address yourself. Mend the app or the check in a new commit.",
    command: "promote history --env <env>",
  },
  "web-mismatch": {
    why: "A served entry has another hash than the release's.",
    look: "Whether a cache or a proxy stands in between.",
    help: "Empty it, and run the same command again.",
    command: "promote verify --env <env>",
  },
  "lease-lost": {
    why: "Our heartbeat failed or the lease was taken, so this run stopped changing things. What it began is open.",
    look: "Who has the environment now.",
    help: "Run the same command again: it goes on where this one stopped.",
    command: "promote lock --env <env>",
  },
  "revert-failed": {
    why: "Putting back failed for a part: the environment is partial.",
    look: "Which part runs what; each is named.",
    help: "Go back or forward to one of the two releases.",
    command: "promote rollback --env <env> --to <sha>",
  },
  "could-not-tell": {
    why: "An answer is unknown: a network, a lost reply, a missing permission to look. Unknown is never taken for a no.",
    look: "What was asked, and of whom; it is in the message.",
    help: "Run the same command again: it looks, and goes on.",
    command: "promote status",
  },
  "record-failed": {
    why: "All is done, but its outcome could not be written.",
    look: "Whether the store answers.",
    help: "Run the same command again: it sees that all is done, and writes it.",
    command: "promote status",
  },
  bug: {
    why: "Something happened that nobody planned for. It is ours.",
    look: "The stack. Whatever was begun is in the ledger.",
    help: "Run the same command again: it goes on. Tell us, with the stack.",
    command: "promote status",
  },
} as const satisfies Readonly<Record<string, CodePage>>;
