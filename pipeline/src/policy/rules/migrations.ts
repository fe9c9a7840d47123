import type { Standing } from "../../ledger/records.ts";
import type { MigrationFile } from "../../migration/batch.ts";
import { count, spellDigest } from "../spell.ts";
import { no, notAsked, passed, type Rule, releaseOf } from "./rule.ts";

/**
 * The release continues the history that was applied here: nothing applied is unknown or was edited, nothing new sorts
 * before it. A belief that an interruption made uncertain is judged as far as it goes; the runner asks the database itself
 * before its first statement.
 */
export const migrations: Rule = ({ facts, request }) => {
  const release = releaseOf(facts.release);
  if (!release || request.action !== "promote") return notAsked;
  const files = release.manifest.migrations?.files ?? [];
  const { schema } = facts.standing;
  if (files.length === 0 && schema.applied.length === 0) return notAsked;
  const strays = [
    ...unknownNames(files, facts.standing),
    ...edited(files, facts.standing),
    ...late(files, schema.applied),
  ];
  if (strays.length > 0) {
    return no(
      "migration-diverged",
      `${count(strays.length, "migration")} of ${schema.applied.length} applied and ${files.length} in the release do not fit`,
      {
        evidence: strays,
        data: { applied: schema.applied.map((one) => one.name), release: files.map((one) => one.name) },
      },
    );
  }
  const applied = new Set(schema.applied.map((one) => one.name));
  const pending = files.filter((file) => !applied.has(file.name)).length;
  return passed(
    `${count(pending, "new migration")} after ${schema.applied.length} applied${schema.certain ? "" : " (not certain; the runner looks first)"}`,
  );
};

function unknownNames(files: readonly MigrationFile[], { schema, known }: Standing): readonly string[] {
  const names = new Set([...files, ...known].map((one) => one.name));
  return schema.applied
    .filter((one) => !names.has(one.name))
    .map((one) => `${one.name} is applied, and no release that ended well here knows it`);
}

/** By the hash that was applied; where a stranger's row has none, by any that is known here under that name. */
function edited(files: readonly MigrationFile[], { schema, known }: Standing): readonly string[] {
  return files.flatMap(({ name, sha256 }) => {
    const row = schema.applied.find((one) => one.name === name);
    const was = row?.sha256
      ? [row.sha256]
      : known.flatMap((one) => (row && one.name === name && one.sha256 ? one.sha256 : []));
    return was.length === 0 || was.includes(sha256)
      ? []
      : [`${name} was applied as ${was.map(spellDigest).join(" or ")}, the release has ${spellDigest(sha256)}`];
  });
}

/** Names are compared as the runner sorts them: by code units. */
function late(files: readonly MigrationFile[], applied: readonly { readonly name: string }[]): readonly string[] {
  const names = new Set(applied.map((one) => one.name));
  const newest = [...names].reduce((a, b) => (b > a ? b : a), "");
  return files
    .filter(({ name }) => !names.has(name) && name < newest)
    .map(({ name }) => `${name} is new and sorts before ${newest}, which is applied`);
}
