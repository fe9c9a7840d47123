import type { CodePage } from "../page.ts";

/** About the environment as it is. */
export const environmentCodes = {
  partial: {
    why: "The environment runs parts of two releases, and the request is for neither.",
    look: "Which part runs what.",
    help: "Go back or forward to one of the two. A fix of both comes in with --override partial.",
    command: "promote rollback --env <env> --to <sha>",
  },
  interrupted: {
    why: "Another promotion of this environment is open: it has a plan and no outcome.",
    look: "Whose it is, and how far it came.",
    help: "Run its own command again, which finishes it, or go back.",
    command: "promote rollback --env <env>",
  },
  drifted: {
    why: "A service runs bytes that no release has: something else than Slipway put it there, or its files were changed since.",
    look: "Which service. Where a file is named: who edited it, or whether the service itself writes over what it was shipped with. Where none is: who deployed beside Slipway.",
    help: "Promote what should run there; where policy allows it, --override drifted says that the other bytes may be replaced. A service that changes its own files would drift again: go back with promote rollback, and let it write beside what it ships.",
    command: "promote verify --env <env>",
  },
  "drops-service": {
    why: "A service runs that the release lacks, and `retired` in slipway.yaml does not name it.",
    look: "Whether the service was renamed, or lost from slipway.yaml by mistake.",
    help: "Name it under `retired` and build again, or keep it.",
    command: "promote plan --sha <sha> --env <env>",
  },
  alarm: {
    why: "An alarm that guards a service fires already, so nobody could tell whether the promotion made it worse.",
    look: "Which alarm it is, and since when it fires.",
    help: "Mend what fires first. Where policy allows it, --override alarm lets the fix in.",
    command: "promote explain --sha <sha> --env <env>",
  },
  "target-missing": {
    why: "The environment has no target.json: nobody described what infrastructure it has.",
    look: "Whether the infrastructure program of this environment ever ran against this store.",
    help: "Run it. On this machine a promotion writes the description by itself.",
    command: "promote status",
  },
  "target-mismatch": {
    why: "The release and the target name different services, paths or ports.",
    look: "The names on both sides, which are shown.",
    help: "Bring infrastructure and slipway.yaml together, infrastructure first where a service is new.",
    command: "promote plan --sha <sha> --env <env>",
  },
  account: {
    why: "The credentials are for another account than the environment lies in, or slipway.yaml and target.json name different ones. It is asked before anything else is.",
    look: "Which account each of them names.",
    help: "Log in to the account of the environment, or set AWS_PROFILE to it, and run the same command again.",
    command: "aws configure list-profiles",
  },
  "lease-held": {
    why: "Somebody else is changing the environment, and two never do so at once.",
    look: "Who it is, what they do, and how old their last heartbeat is.",
    help: "Wait with --wait 10m. A holder that died is taken over by itself; its lease can be broken sooner.",
    command: "promote lock --env <env>",
  },
  superseded: {
    why: "Another deployment replaced ours while it ran, or what runs contains this commit already.",
    look: "What runs now, and who moved it.",
    help: "Nothing, if what runs is newer. Otherwise find out who deploys beside Slipway.",
    command: "promote status",
  },
} as const satisfies Readonly<Record<string, CodePage>>;
