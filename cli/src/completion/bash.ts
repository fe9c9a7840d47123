import { type CompletedVerb, environmentsFunction, type Values } from "./words.ts";

/** For bash 3.2 and newer, without the bash-completion package. */
export function bashScript(verbs: readonly CompletedVerb[]): string {
  const named = verbs.filter(({ name }) => name !== "");
  return `# promote: completion for bash
${environmentsFunction}
_promote() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} verb= flags= words= at
  for ((at = 1; at < COMP_CWORD; at++)); do
    case \${COMP_WORDS[at]} in
      --) return ;;
      --config|--store) at=$((at + 1)) ;;
      -*) [ -z "$verb" ] && case \${COMP_WORDS[at]} in --json|--events|--plain|--local) ;; *) break ;; esac ;;
      *) verb=\${COMP_WORDS[at]}; break ;;
    esac
  done
  case $before in
${valueCases(verbs)}
  esac
  case $verb in
${verbs.map(verbCase).join("\n")}
  esac
  [ -z "$verb" ] && [ "$COMP_CWORD" -eq 1 ] && words="${named.map(({ name }) => name).join(" ")}"
  case $word in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$word")) ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
  esac
}
complete -F _promote promote
`;
}

/** A flag has the same values in every verb. */
function valueCases(verbs: readonly CompletedVerb[]): string {
  const values = new Map(
    verbs.flatMap(({ flags }) => flags.flatMap((flag) => (flag.values ? [[flag.name, flag.values] as const] : []))),
  );
  return [...values].map(([name, value]) => `    --${name}) ${reply(value)}; return ;;`).join("\n");
}

function reply(values: Values): string {
  switch (values.kind) {
    case "words":
      return `COMPREPLY=($(compgen -W "${values.words.join(" ")}" -- "$word"))`;
    case "environments":
      return `COMPREPLY=($(compgen -W "$(_promote_environments)" -- "$word"))`;
    case "files":
      return `COMPREPLY=($(compgen -f -- "$word"))`;
    case "folders":
      return `COMPREPLY=($(compgen -d -- "$word"))`;
    case "anything":
      return "COMPREPLY=()";
  }
}

function verbCase({ name, flags, words }: CompletedVerb): string {
  const list = flags.map((flag) => `--${flag.name}`).join(" ");
  const own =
    words === null
      ? ""
      : ` words="${words.kind === "words" ? words.words.join(" ") : words.kind === "environments" ? "$(_promote_environments)" : ""}"`;
  return `    ${name === "" ? "''" : name}) flags="${list}"${own} ;;`;
}
