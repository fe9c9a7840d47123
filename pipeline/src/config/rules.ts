import type { ConfigRule, Draft, Finding } from "./draft.ts";
import {
  approvalsCanBeGiven,
  awsKeysNeedAws,
  awsStoreIsShared,
  listsHaveNoRepeats,
  localStoreIsHere,
  portsFit,
  soakNeedsBelow,
  targetsAgree,
} from "./rules/ladder.ts";
import {
  imageHoldsMigrations,
  lockTimeoutFits,
  migrationServiceExists,
  oneMigrationEngine,
  somethingMoves,
} from "./rules/migrations.ts";
import {
  dockerfileNeedsAws,
  imageHasContent,
  localEnvIsFree,
  pathsBesideWeb,
  portDecidesTheRest,
  retiredAreGone,
  routesAreApart,
  uptimeIsForTheUnasked,
} from "./rules/services.ts";

const rules: readonly ConfigRule[] = [
  targetsAgree,
  awsStoreIsShared,
  localStoreIsHere,
  awsKeysNeedAws,
  soakNeedsBelow,
  approvalsCanBeGiven,
  portsFit,
  listsHaveNoRepeats,
  imageHasContent,
  dockerfileNeedsAws,
  portDecidesTheRest,
  uptimeIsForTheUnasked,
  pathsBesideWeb,
  routesAreApart,
  retiredAreGone,
  localEnvIsFree,
  oneMigrationEngine,
  migrationServiceExists,
  imageHoldsMigrations,
  lockTimeoutFits,
  somethingMoves,
];

/** What one key alone cannot tell: everything in which the keys of a file contradict each other. */
export const judgeKeysTogether = (draft: Draft): readonly Finding[] => rules.flatMap((rule) => rule(draft));
