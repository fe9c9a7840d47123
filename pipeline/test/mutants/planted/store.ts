import type { Mutant } from "../mutant.ts";

export const storeMutants: readonly Mutant[] = [
  {
    name: "any link in the place of an object says that it was deleted",
    after: "found by a damaged quarantine",
    file: "local/version-files.ts",
    find: '    if (await isDeletedMark(file)) return { status: "deleted" };',
    replace: '    return { status: "deleted" };',
    tests: "local/stray-files.test.ts",
  },
  {
    name: "a listing passes over any link",
    after: "found by a damaged quarantine",
    file: "local/list-keys.ts",
    find: "      const isDeleted = entry.isSymbolicLink() && (await isDeletedMark(join(folder, entry.name)));",
    replace: "      const isDeleted = entry.isSymbolicLink();",
    tests: "local/stray-files.test.ts",
  },
  {
    name: "the search for secrets passes over one place too many",
    after: "speed before certainty",
    file: "redaction/secret-matcher.ts",
    find: "    this.#step = this.#window - gramLength + 1;",
    replace: "    this.#step = this.#window - gramLength + 2;",
    tests: "redaction/secret-matcher.test.ts",
  },
];
