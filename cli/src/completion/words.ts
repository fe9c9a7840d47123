import { refusals } from "@slipway/pipeline";
import { codePages, verbPages } from "../help/pages.ts";
import { type Flag, globalFlags, promotion, type Verb, verbs } from "../verbs.ts";

/** What may follow a flag: words that are known now, or what only the shell can list. */
export type Values =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "environments" | "files" | "folders" | "anything" };
export interface CompletedFlag {
  readonly name: string;
  readonly help: string;
  /** Null: it takes no value. */
  readonly values: Values | null;
}
export interface CompletedVerb {
  /** Empty: the main verb. */
  readonly name: string;
  readonly help: string;
  readonly flags: readonly CompletedFlag[];
  readonly words: Values | null;
}

const words = (...list: readonly string[]): Values => ({ kind: "words", words: list });
const overridable = Object.entries(refusals).flatMap(([code, { overridable: may }]) => (may ? [code] : []));
const valuesByFlag: Readonly<Record<string, Values>> = {
  env: { kind: "environments" },
  only: words("web"),
  until: words("healthy", "drained"),
  format: words("text", "sarif", "github", "markdown"),
  override: words(...overridable),
  config: { kind: "files" },
  store: { kind: "folders" },
  out: { kind: "folders" },
  from: { kind: "folders" },
};

const completedFlag = ({ name, value, help }: Flag): CompletedFlag => ({
  name,
  help,
  values: value === null ? null : (valuesByFlag[name] ?? { kind: "anything" }),
});

function wordsOf(verb: Verb): Values | null {
  if (verb.name === "help") return words(...new Set([...Object.keys(verbPages), ...Object.keys(codePages)]));
  if (verb.name === "diff") return { kind: "environments" };
  return verb.words && words(...verb.words);
}

/** The table of verbs as a shell completes it; what is not in this version is left out. */
export const completedVerbs = (): readonly CompletedVerb[] =>
  [promotion, ...verbs]
    .filter(({ load }) => load !== null)
    .map((verb) => ({
      name: verb.name,
      help: verb.help,
      flags: [...verb.flags, ...globalFlags].map(completedFlag),
      words: wordsOf(verb),
    }));

/**
 * Names under `environments:` of a slipway.yaml, without starting Node: the lines of that block which are indented as
 * little as its first one. Good enough to complete by; the verb itself reads the file properly.
 */
export const environmentsAwk = `awk '/^environments:/ { inside = 1; next }
       inside && /^[^ #]/ { exit }
       inside && match($0, /^ +/) && $1 ~ /^[a-z][a-z0-9-]*:/ {
         if (!depth) depth = RLENGTH
         if (RLENGTH == depth) { sub(/:.*/, "", $1); print $1 }
       }'`;

/** For bash and zsh: of the file here or above. */
export const environmentsFunction = `_promote_environments() {
  local folder=$PWD
  while [ ! -f "$folder/slipway.yaml" ]; do
    [ -z "$folder" ] && return
    folder=\${folder%/*}
  done
  ${environmentsAwk} "$folder/slipway.yaml"
}`;
