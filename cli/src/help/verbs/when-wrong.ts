import type { VerbPage } from "../page.ts";

export const whenWrong = {
  rollback: {
    about: [
      "Goes back to the last release that ended well here, or to the one that --to names: web first, then services in reverse; no migration runs. No freeze and no missing approver stands in the way; a schema that the release cannot run on does, before any change.",
      "It asks one question, and Enter means yes. Afterwards the environment is held: automation does not move it until a person promotes or lifts the hold.",
      "It needs credentials and the store, no checkout.",
    ],
    examples: [
      ["promote rollback --env prod", "to the last good release"],
      ["promote rollback --env prod --to <sha>", "to that one, without a question"],
      ["promote rollback --env prod --only web", "the pages alone"],
    ],
    exits: {
      3: "refused before any change; the nearest release that fits is named",
      4: "it was tried and failed; the environment runs what it ran before",
      5: "somebody else is changing the environment",
      6: "parts differ, and each is named",
      130: "stopped by hand; the environment is as before",
    },
  },
  explain: {
    about: [
      "Every rule for and against, with what was observed beside what is required, and the time at which it clears by itself. --as-of asks the same for another time; all else is taken as it is now.",
    ],
    examples: [
      ["promote explain --sha <sha> --env prod", "why not now"],
      ['promote explain --sha <sha> --env prod --as-of "2026-11-20 16:30"', "and then"],
      ["promote explain --env prod --rollback", "may it go back"],
    ],
    exits: { 3: "a rule says no" },
  },
  history: {
    about: [
      "Each run that opened an epoch: what it moved, by whom, how it ended, how long it took. Records are numbered, each holds the hash of the one before, and none is ever changed; --verify proves that.",
    ],
    examples: [
      ["promote history --env prod", "the newest 20"],
      ["promote history --env prod --epoch 43", "one, whole"],
      ["promote history --env prod --epoch 43 --log run-migrations", "the log of its step"],
      ["promote history --verify", "the hash chain of every environment"],
    ],
    exits: { 3: "the chain is broken; the record is named" },
  },
  verify: {
    about: [
      "With --sha: reads every stored byte of a release and compares it with the manifest. With --env: compares what runs and what is served with what the last record says.",
    ],
    examples: [
      ["promote verify --sha <sha>", "what is stored"],
      ["promote verify --env prod", "what runs"],
    ],
    exits: { 3: "something differs; it is named" },
  },
  doctor: {
    about: [
      "Proves now that a promotion and a rollback would work: the store takes, keeps and lists; ledgers are whole; targets answer; every release that may be needed is there, byte by byte, and kept from collection; files and disk are in order. Nothing is changed but a probe in the store.",
      "Each NO names the file or release and what to do about it. Building a published commit again puts back what the store has lost of it; what no command can write anew is named, to be put back from a copy.",
    ],
    examples: [
      ["promote doctor", "every environment"],
      ["promote doctor --env prod", "one environment"],
    ],
    exits: { 3: "one of its answers is NO", 7: "nothing is wrong, but something could not be told" },
  },
  hold: {
    about: [
      "Keeps automation away from an environment, with your name and a reason. A person may promote all the same, and that lifts the hold; a rollback sets one by itself.",
      "While a promotion runs its end may set or lift the hold, so this waits for nobody and says who it is.",
    ],
    examples: [
      ['promote hold --env prod --reason "<text>"', "automation stays away"],
      ["promote hold --env prod --lift", "it may move it again"],
    ],
    exits: { 5: "somebody is changing the environment at this moment" },
  },
  quarantine: {
    about: [
      "Marks a release as bad, in every environment at once: no promotion takes it and no rollback leads to it, and no override passes over that. Where it runs it goes on running.",
      "The first reason stays. A mark that is lifted stays on record.",
    ],
    examples: [
      ['promote quarantine --sha <sha> --reason "<text>"', "mark it"],
      ["promote quarantine --sha <sha> --lift", "take the mark back"],
    ],
    exits: {},
  },
  lock: {
    about: [
      "Who is changing an environment, since when, what they are doing, and how old their last heartbeat is. A holder that dies needs no help: once it was silent for long enough the next command takes over.",
      "lock break ends the lease of a dead holder at once; it is refused while its heart beats. The next command still waits until no request of the old one can land.",
      "lock run takes the lease for a command, so that no promotion and no other such command changes the environment meanwhile. It opens an epoch of its own, which settles nothing. Its exit code is the command's. If the lease is lost or promote is killed, the command is sent SIGINT, and ten seconds later SIGKILL.",
    ],
    examples: [
      ["promote lock --env prod", "who"],
      ['promote lock break --env prod --reason "<text>"', "its runner is gone"],
      ["promote lock run --env prod -- pulumi up --yes", "infrastructure under the same lease"],
    ],
    exits: { 3: "break: the holder is alive", 5: "run: somebody else has the lease" },
  },
} as const satisfies Readonly<Record<string, VerbPage>>;
