import { type CompletedFlag, type CompletedVerb, environmentsAwk, type Values } from "./words.ts";

/** For fish, which reads it once per session. */
export function fishScript(verbs: readonly CompletedVerb[]): string {
  const named = verbs.filter(({ name }) => name !== "");
  const names = named.map(({ name }) => name).join(" ");
  return `# promote: completion for fish
function __promote_environments
  set -l folder $PWD
  while not test -f $folder/slipway.yaml
    test $folder = / && return
    set folder (path dirname $folder)
  end
  ${environmentsAwk} $folder/slipway.yaml
end
complete -c promote -f
${named.map(({ name, help }) => `complete -c promote -n __fish_use_subcommand -a ${name} -d ${quoted(help)}`).join("\n")}
${verbs.map((verb) => verbLines(verb, names)).join("\n")}
`;
}

function verbLines({ name, flags, words }: CompletedVerb, names: string): string {
  const when = name === "" ? `not __fish_seen_subcommand_from ${names}` : `__fish_seen_subcommand_from ${name}`;
  const start = `complete -c promote -n ${quoted(when)}`;
  return [
    ...flags.map((flag) => `${start} ${flagWords(flag)}`),
    ...(words === null ? [] : [`${start} ${valueWords(words)}`]),
  ].join("\n");
}

function flagWords({ name, help, values }: CompletedFlag): string {
  const value = values === null ? "" : ` -x${values.kind === "anything" ? "" : ` ${valueWords(values)}`}`;
  return `-l ${name} -d ${quoted(help)}${value}`;
}

function valueWords(values: Values): string {
  switch (values.kind) {
    case "words":
      return `-a ${quoted(values.words.join(" "))}`;
    case "environments":
      return "-a '(__promote_environments)'";
    case "files":
      return "-a '(__fish_complete_path)'";
    case "folders":
      return "-a '(__fish_complete_directories)'";
    case "anything":
      return "";
  }
}

const quoted = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
