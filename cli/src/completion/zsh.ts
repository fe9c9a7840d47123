import { type CompletedFlag, type CompletedVerb, environmentsFunction, type Values } from "./words.ts";

/** For zsh's own completion system; can be evaluated after compinit, or lie as _promote in a folder of $fpath. */
export function zshScript(verbs: readonly CompletedVerb[]): string {
  const named = verbs.filter(({ name }) => name !== "");
  return `#compdef promote
# promote: completion for zsh
${environmentsFunction}
_promote_pick_environment() {
  local -a names
  names=(\${(f)"$(_promote_environments)"})
  compadd -a names
}
_promote_verbs() {
  local -a verbs
  verbs=(
${named.map(({ name, help }) => `    ${quoted(`${name}:${help}`)}`).join("\n")}
  )
  _describe verb verbs
}
_promote() {
  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
    _promote_verbs
    return
  fi
  case $words[2] in
${named.map(verbCase).join("\n")}
    *) _arguments ${flagsOf(verbs.find(({ name }) => name === "")?.flags ?? [])} ;;
  esac
}
if [[ $funcstack[1] == _promote ]]; then _promote "$@"; else compdef _promote promote; fi
`;
}

function verbCase({ name, flags, words }: CompletedVerb): string {
  const own = words === null ? "" : ` ${quoted(`*: :${actionOf(words)}`)}`;
  return `    ${name}) shift words; (( CURRENT-- )); _arguments ${flagsOf(flags)}${own} ;;`;
}

const flagsOf = (flags: readonly CompletedFlag[]): string =>
  flags
    .map(({ name, help, values }) =>
      quoted(`--${name}[${escaped(help)}]${values ? `:${name}:${actionOf(values)}` : ""}`),
    )
    .join(" ");

function actionOf(values: Values): string {
  switch (values.kind) {
    case "words":
      return `(${values.words.join(" ")})`;
    case "environments":
      return "_promote_pick_environment";
    case "files":
      return "_files";
    case "folders":
      return "_files -/";
    case "anything":
      return " ";
  }
}

/** Brackets and colons end a description. */
const escaped = (text: string): string => text.replace(/[[\]:]/g, (sign) => `\\${sign}`);
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
