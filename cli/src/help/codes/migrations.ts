import type { CodePage } from "../page.ts";

/** About the database. */
export const migrationCodes = {
  "migration-breaks": {
    why: "A pending migration makes a statement fail that a running or restorable release is known to send.",
    look: "The statement and the release, which are shown.",
    help: "Split it: expand now, and contract once no release in the rollback window needs the old form.",
    command: "promote explain --sha <sha> --env <env>",
  },
  "migration-unsafe": {
    why: "A rule of the migration gate fired: a lock, a rewrite or a scan that hurts while the app runs.",
    look: "The rule, the line, and the recipe beside it.",
    help: "Follow the recipe. Where policy allows it, an override with a reason goes on record.",
    command: "promote explain --sha <sha> --env <env>",
  },
  "migration-undeclared": {
    why: "A migration takes something away and lacks its declaration, its evidence or its window.",
    look: "What it drops, and since when nothing uses it.",
    help: "Declare what it drops and since when nothing uses it, in the migration itself.",
    command: "promote explain --sha <sha> --env <env>",
  },
  "migration-diverged": {
    why: "An applied migration was edited, is unknown to every release that ran here, or a new one sorts before it.",
    look: "The name that is shown, here and in the commit that applied it.",
    help: "Restore the applied file as it was; give the new one a name that sorts last.",
    command: "promote history --env <env>",
  },
  "schema-incompatible": {
    why: "This release cannot run on the database as it is now: statements of it fail, or its migrations are not applied there and a rollback migrates nothing.",
    look: "The statement, the error, and the migration that took away what it needs; or the names that are not applied.",
    help: "Go back to the nearest release that fits, or forward: a promotion applies what is missing.",
    command: "promote history --env <env>",
  },
  "migration-failed": {
    why: "The migration task ran and exited non-zero. No service was changed.",
    look: "Its log, and the file and line of the statement.",
    help: "Mend the data or the migration in a new commit. A file that failed may be dropped by it.",
    command: "promote history --env <env> --log run-migrations",
  },
  "migration-timeout": {
    why: "The migration task was stopped at its limit. No service was changed.",
    look: "What it waited for: most often a lock that another session holds.",
    help: "Make the migration smaller, run it at a quieter time, or raise `migrations.timeout`.",
    command: "promote history --env <env> --log run-migrations",
  },
  "migration-not-started": {
    why: "The migration task never ran: its image, its capacity or its permission was missing.",
    look: "The cause that the platform gives.",
    help: "Mend that, and run the same command again.",
    command: "promote verify --sha <sha>",
  },
} as const satisfies Readonly<Record<string, CodePage>>;
