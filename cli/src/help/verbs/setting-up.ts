import type { VerbPage } from "../page.ts";

export const settingUp = {
  init: {
    about: [
      "Looks at what git tracks here (package.json, Dockerfiles, servers, migrations, pages) and writes a slipway.yaml that loads at the top of the repository, and .slipway/ into .gitignore. It runs nothing, asks nothing, and writes over nothing.",
      'What is a guess has a ! in the list and "check this" in the file; --yes says that guesses are welcome, and changes nothing else.',
      "The command that it prints commits what installing promote changed as well (package.json and its lock): a work tree that differs from the commit is not built.",
    ],
    examples: [
      ["promote init", "write the file"],
      ["promote init --print", "only show it"],
    ],
    exits: {},
  },
  local: {
    about: [
      "The environments of this machine: a small platform process runs the services, their router, a Postgres and the web, so that they outlive the command. Nothing but Node is needed. A promotion starts it by itself if it is down.",
      "After stop --purge the releases and the history are still there, so status goes on telling what the record says. Promote each environment again, the lowest first: its migrations run anew, on an empty database.",
    ],
    examples: [
      ["promote local start", "bring back what ran"],
      ["promote local status", "what runs, at which address"],
      ["promote local logs --env dev --service api --follow", "what a service says"],
      ["promote local stop", "stop all of it; stored data stays"],
      ["promote local stop --purge", "remove what the environments stored too, and tell their ledgers"],
    ],
    exits: { 5: "stop --purge: somebody changes an environment; nothing was removed" },
  },
  completion: {
    about: [
      "Prints a script that completes verbs, flags, codes and the environments of the slipway.yaml at hand. It starts no Node while you type.",
    ],
    examples: [
      ['eval "$(promote completion bash)"', "in ~/.bashrc"],
      ['eval "$(promote completion zsh)"', "in ~/.zshrc, after compinit"],
      ["promote completion fish > ~/.config/fish/completions/promote.fish", "once"],
    ],
    exits: {},
  },
} as const satisfies Readonly<Record<string, VerbPage>>;
