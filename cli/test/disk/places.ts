import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { DiskWorld } from "./disk-world.ts";
import type { Harm } from "./harms.ts";

export interface Place {
  readonly name: string;
  readonly file: (world: DiskWorld) => string;
  /** What an answer must hold to have named it. */
  readonly named: RegExp;
  /** Verbs whose answer depends on it: none may be green. */
  readonly dependents: (world: DiskWorld) => readonly (readonly string[])[];
  /** Of those the ones that would change something, were it not for what the file says: not asked where nothing tells that it is harmed. */
  readonly changes?: (world: DiskWorld) => readonly (readonly string[])[];
  /**
   * What leads back: "next", the first command of each of the doctor's findings; "copy", the file put back by hand;
   * otherwise what is done without a copy.
   */
  readonly back: (how: Harm, world: DiskWorld) => "next" | "copy" | "remove and build" | "promote";
  /** Nothing is left that could tell: it reads as if it had never been written, and every answer is true of that. */
  readonly unseen?: readonly Harm[];
  /** 3, unless reading it comes before any verb. */
  readonly doctorExits?: readonly number[];
}

/** What is no file is for a person to move away. */
const isNoFile = (how: Harm): boolean => how === "a folder" || how.startsWith("a link");
const nextOrCopy = (how: Harm): "next" | "copy" => (isNoFile(how) ? "copy" : "next");
const copy = (): "copy" => "copy";

export const places: readonly Place[] = [
  {
    name: "a page of what runs",
    file: (world) => {
      const { web } = world.release(world.shas.runs);
      const list = world.document(`blobs/${web.digest.slice(7)}`) as { files: { path: string; sha256: string }[] };
      return world.blob(list.files.find(({ path }) => path === "index.html")?.sha256 ?? "");
    },
    named: /index\.html: sha256|blobs\/[0-9a-f]{64}/,
    dependents: ({ shas }) => [["verify", "--sha", shas.runs]],
    back: nextOrCopy,
  },
  {
    name: "the file list of the pages of what runs",
    file: (world) => world.blob(world.release(world.shas.runs).web.digest),
    named: /web file list [0-9a-f]{12}|blobs\/[0-9a-f]{64}|is corrupt/,
    dependents: ({ shas }) => [
      ["verify", "--sha", shas.runs],
      ["verify", "--env", "dev"],
      ["explain", "--sha", shas.runs, "--env", "prod"],
    ],
    back: nextOrCopy,
  },
  {
    name: "the file list of an image",
    file: (world) => world.blob(world.release(world.shas.fled).images.api.files),
    named: /file list of api|blobs\/[0-9a-f]{64}/,
    dependents: ({ shas }) => [["verify", "--sha", shas.fled]],
    back: nextOrCopy,
  },
  {
    name: "an image",
    file: (world) => world.path("images", `${world.release(world.shas.fled).images.api.digest.slice(7)}.tar`),
    named: /api: image sha256/,
    dependents: ({ shas }) => [["verify", "--sha", shas.fled]],
    back: () => "next",
    // Its bytes are compared, wherever they lie.
    unseen: ["a link to a copy"],
  },
  {
    name: "release.json of what runs",
    file: (world) => world.file(`releases/${world.shas.runs}/release.json`),
    named: /release\.json|release-missing|is (corrupt|missing)/,
    dependents: ({ shas }) => [
      ["verify", "--sha", shas.runs],
      ["verify", "--env", "dev"],
      ["explain", "--sha", shas.runs, "--env", "prod"],
    ],
    back: nextOrCopy,
  },
  {
    name: "release.json of what never ran",
    file: (world) => world.file(`releases/${world.shas.newest}/release.json`),
    named: /release\.json|release-missing/,
    dependents: ({ shas }) => [
      ["verify", "--sha", shas.newest],
      ["explain", "--sha", shas.newest, "--env", "dev"],
    ],
    back: (how) => (isNoFile(how) ? "copy" : "remove and build"),
    unseen: ["lost"],
  },
  {
    name: "retention.json of what runs",
    file: (world) => world.file(`releases/${world.shas.runs}/retention.json`),
    named: /retention\.json/,
    dependents: () => [],
    back: copy,
    unseen: ["lost"],
  },
  {
    name: "policy.json",
    file: (world) => world.file("policy.json"),
    named: /policy\.json/,
    dependents: ({ shas }) => [
      ["plan", "--sha", shas.newest, "--env", "dev"],
      ["explain", "--sha", shas.newest, "--env", "dev"],
    ],
    back: copy,
    unseen: ["lost"],
    doctorExits: [2, 3, 7],
  },
  {
    name: "target.json",
    file: (world) => world.file("environments/dev/target.json"),
    named: /target\.json/,
    dependents: () => [["verify", "--env", "dev"]],
    back: (how) => (how === "lost" ? "next" : "copy"),
  },
  {
    name: "the descriptor that target.json names",
    file: (world) =>
      world.file(`environments/dev/targets/${world.document("environments/dev/target.json").target.slice(7)}.json`),
    named: /targets\/[0-9a-f]{64}\.json/,
    dependents: () => [["verify", "--env", "dev"]],
    back: copy,
  },
  {
    name: "lease.json",
    file: (world) => world.file("environments/dev/lease.json"),
    named: /lease\.json/,
    dependents: () => [],
    back: copy,
    unseen: ["lost"],
  },
  {
    name: "a record in the middle",
    file: (world) => world.file("environments/dev/history/0000000005.json"),
    named: /record 5|0000000005\.json/,
    dependents: () => [
      ["history", "--verify"],
      ["history", "--env", "dev"],
    ],
    back: copy,
  },
  {
    name: "the last record",
    file: (world) => world.file(world.lastRecord()),
    named: /record \d+|\d{10}\.json/,
    dependents: ({ shas }) => [
      ["history", "--verify"],
      ["verify", "--env", "dev"],
      ["plan", "--sha", shas.newest, "--env", "dev"],
    ],
    back: copy,
  },
  {
    name: "current.json",
    file: (world) => world.file("environments/dev/current.json"),
    named: /current\.json/,
    dependents: () => [],
    back: (how) => (how === "torn" ? "promote" : "copy"),
    unseen: ["lost"],
  },
  {
    name: "hold.json",
    file: (world) => world.file("environments/dev/hold.json"),
    named: /hold\.json/,
    dependents: () => [],
    changes: ({ shas }) => [["--sha", shas.newest, "--env", "dev", "--automatic"]],
    back: nextOrCopy,
    unseen: ["lost"],
  },
  {
    name: "a mark of quarantine that was lifted",
    file: (world) => world.file(`quarantine/${world.shas.first}.json`),
    named: /quarantine\/[0-9a-f]{40}\.json/,
    dependents: ({ shas }) => [["explain", "--sha", shas.first, "--env", "dev"]],
    back: copy,
    unseen: ["lost"],
  },
  {
    name: "the mark of a quarantine in force",
    file: (world) => world.file(`quarantine/${world.shas.fled}.json`),
    named: /quarantine\/[0-9a-f]{40}\.json/,
    dependents: ({ shas }) => [["explain", "--sha", shas.fled, "--env", "dev"]],
    changes: ({ shas }) => [["--sha", shas.fled, "--env", "dev"]],
    back: copy,
    unseen: ["lost"],
  },
  {
    name: "an approval",
    file: (world) => approvalIn(world.path("objects/approvals/prod", world.shas.runs)),
    named: /approvals\/prod/,
    dependents: () => [],
    back: copy,
    unseen: ["lost"],
  },
  {
    name: "the second version of lease.json",
    file: (world) => world.path("objects/environments/dev/lease.json@2"),
    named: /lease\.json@2/,
    dependents: () => [],
    back: copy,
    // Nobody reads what newer versions have replaced.
    unseen: ["edited", "torn", "emptied", "a folder", "a link", "a link to a copy"],
  },
];

function approvalIn(folder: string): string {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return join(folder, names.find((name) => name.endsWith("@1")) ?? "");
}
