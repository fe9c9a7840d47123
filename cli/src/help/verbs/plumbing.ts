import type { VerbPage } from "../page.ts";

export const plumbing = {
  build: {
    about: [
      "Builds the commit in a clean checkout, without a shell, and publishes what came of it: one image a service, the web files, the migrations, and release.json last. Nothing from your folder gets in, so the work tree has to be clean.",
      "Building a commit again compares: the same bytes write nothing, other bytes are refused and named.",
      "On the configured branch it publishes the policy too.",
      "On AWS docker builds the dockerfile of each service, and the image is pushed to the repository that target.json of the first environment names; the same files give the same digest, whoever builds them. With --image <service>=<repository>@sha256:<digest>, once a service, one that was built elsewhere is taken over as it is, and docker is not needed for it.",
      "With --out it only builds, into a folder, and opens no store: code of the repository then runs where no credential is. It prints the digest that promote publish is told.",
    ],
    examples: [
      ["promote build", "the commit you stand on"],
      ["promote build --sha <sha>", "another one"],
      ["promote build --image <service>=<ref>", "on AWS: an image that was pushed before"],
      ["promote build --out <dir>", "the half that needs no credential"],
    ],
    exits: { 3: "refused, or published before with other bytes", 4: "a build command failed; nothing was published" },
  },
  publish: {
    about: [
      "Publishes what promote build --out made, running none of its code; for pipelines that keep the two apart.",
      "The folder is not trusted: every byte is compared with the digest before the release exists, and what it says of the commit and of slipway.yaml with the commit, where this is a checkout that has it. Policy is published from such a checkout alone.",
    ],
    examples: [["promote publish --from out --digest <digest>", "with the digest that build printed"]],
    exits: { 3: "the folder is not what the digest says, or the commit is published with other bytes" },
  },
  migrations: {
    about: ["Checks pending migrations against what runs, explains a rule, splits a file into steps that are safe."],
    examples: [["promote migrations check", "the pending ones"]],
    exits: { 3: "there are findings" },
  },
  help: {
    about: ["A page about a verb or a code, from this installation: it needs no network."],
    examples: [
      ["promote help rollback", "a verb"],
      ["promote help schema-incompatible", "a code"],
    ],
    exits: {},
  },
} as const satisfies Readonly<Record<string, VerbPage>>;
