import type { CodePage } from "../page.ts";

/** What a person can mend in the call, the file or the credentials. */
export const usageHelp = {
  usage: {
    why: "The call was not understood.",
    look: "The word that is named.",
    help: "Take the corrected command below the message, or look at the flags of the verb.",
    command: "promote --help",
  },
  "sha-malformed": {
    why: "--sha takes a commit SHA. A branch, a tag or HEAD is a name that moves, and what it means later is not what you saw.",
    look: "Which commit you mean.",
    help: "Name it by its 40 digits.",
    command: "git rev-parse HEAD",
  },
  "sha-short": {
    why: "Off a terminal fewer than 40 digits are refused: what is unique today may not be so tomorrow.",
    look: "Where the pipeline takes the SHA from.",
    help: "Use all 40 digits.",
    command: "git rev-parse HEAD",
  },
  "sha-ambiguous": {
    why: "Several published releases begin with these digits.",
    look: "Which of those that are listed you mean.",
    help: "Use more digits.",
    command: "promote status --releases",
  },
  "env-unknown": {
    why: "The ladder has no environment of this name.",
    look: "The names that are listed.",
    help: "Use one of them, or add it under `environments` in slipway.yaml.",
    command: "promote status",
  },
  "config-missing": {
    why: "There is no slipway.yaml here or above.",
    look: "Whether you are in the repository, and whether the commit has the file.",
    help: "Write one. With --store alone, the verbs that need no file work too.",
    command: "promote init",
  },
  "config-invalid": {
    why: "slipway.yaml has problems; all of them are listed, with line and column.",
    look: "The lines that are named.",
    help: "Mend them. Editors that read the schema in its first line show them as you type.",
    command: "promote status",
  },
  "config-exists": {
    why: "slipway.yaml is there already, and init writes over nothing.",
    look: "What it would write.",
    help: "Take over what you want of it by hand.",
    command: "promote init --print",
  },
  "engine-too-old": {
    why: "The store was written in a newer format than this version reads.",
    look: "Which version of promote the pipeline uses.",
    help: "Use that one, or a newer one.",
    command: "promote --version",
  },
  credentials: {
    why: "Credentials of AWS are absent, expired, or may not take the role of the environment. They come from where the AWS tools have them: variables, the profile, the role of the machine; slipway.yaml never holds any.",
    look: "Who you are logged in as, and AWS_PROFILE.",
    help: "Log in again. Where a role may not be taken, the statement to add is in the message.",
    command: "aws sts get-caller-identity",
  },
  "not-a-repository": {
    why: "This folder is in no git repository, has no commit yet, or git does not trust it.",
    look: "`git status`",
    help: "Go to the repository, or begin one.",
    command: "git init",
  },
  "node-too-old": {
    why: "This Node cannot run promote.",
    look: "`node --version`, and the version that is named.",
    help: "Use that one; in a checkout the install brings it.",
    command: "npm ci",
  },
  "override-not-allowed": {
    why: "Policy does not let this environment pass over that rule, or nobody may ever pass over it.",
    look: "What the environment allows; it is in the message.",
    help: "Meet the rule. What may be overridden is `override` in slipway.yaml, on the configured branch.",
    command: "promote explain --sha <sha> --env <env>",
  },
  "reason-missing": {
    why: "This goes on record under your name, and needs a reason.",
    look: "What somebody would want to know who reads it at night.",
    help: "Say why with --reason.",
    command: 'promote hold --env <env> --reason "<text>"',
  },
  "port-taken": {
    why: "Something else listens on a port that the environments of this machine need: another program, or the local platform of another folder.",
    look: "Which port it is, and whether `promote local status` in another checkout of the app names it.",
    help: "Stop that program, or that platform with `promote local stop` in its folder; or set `local.port` in slipway.yaml to another number.",
    command: "promote local status",
  },
  "store-unusable": {
    why: "What is stored there cannot be read as a store of ours; or it cannot be opened: no such bucket, another region, a permission that is missing.",
    look: "--store or `store` in slipway.yaml, the cause that is named, and every record.",
    help: "Name the right store, or give what is missing; of a permission the statement to add is in the message. Records that were changed are named.",
    command: "promote history --verify",
  },
} as const satisfies Readonly<Record<string, CodePage>>;
