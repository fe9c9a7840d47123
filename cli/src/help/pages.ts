import { buildCodes } from "./codes/build.ts";
import { environmentCodes } from "./codes/environment.ts";
import { failureCodes } from "./codes/failures.ts";
import { migrationCodes } from "./codes/migrations.ts";
import { policyCodes } from "./codes/policy.ts";
import { releaseCodes } from "./codes/release.ts";
import { usageHelp } from "./codes/usage.ts";
import type { CodePage, VerbPage } from "./page.ts";
import { everyDay } from "./verbs/every-day.ts";
import { plumbing } from "./verbs/plumbing.ts";
import { settingUp } from "./verbs/setting-up.ts";
import { whenWrong } from "./verbs/when-wrong.ts";

/** By verb; the main verb, which has no name, is `promote` here. */
export const verbPages: Readonly<Record<string, VerbPage>> = { ...everyDay, ...whenWrong, ...settingUp, ...plumbing };

/** By subject, in the order in which `promote help` lists them. */
export const codeGroups: readonly { readonly title: string; readonly pages: Readonly<Record<string, CodePage>> }[] = [
  { title: "The release", pages: releaseCodes },
  { title: "May it move now", pages: policyCodes },
  { title: "The environment", pages: environmentCodes },
  { title: "The database", pages: migrationCodes },
  { title: "The build", pages: buildCodes },
  { title: "Tried and failed", pages: failureCodes },
  { title: "The call", pages: usageHelp },
];
export const codePages: Readonly<Record<string, CodePage>> = Object.assign({}, ...codeGroups.map(({ pages }) => pages));
