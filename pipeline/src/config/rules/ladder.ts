import { quoteInput } from "../../identifiers.ts";
import type { ConfigRule, Draft, Finding } from "../draft.ts";

export const targetOf = (target: "aws" | "local" | undefined, store: string): "aws" | "local" =>
  target ?? (store.startsWith("s3://") ? "aws" : "local");

/** A release is built for one kind of target: what runs on AWS is not what runs on a laptop. */
export const targetsAgree: ConfigRule = ({ environments, store }) => {
  const targets = environments.map(({ content }) => content && targetOf(content.target, store));
  const first = targets.find((target) => target !== null);
  return environments.flatMap(({ name }, index) => {
    const target = targets[index];
    if (!target || target === first) return [];
    return [
      { path: ["environments", name, "target"], message: `is ${target}, but ${first} before it; all must agree` },
    ];
  });
};

/** The ledger of an environment that others use cannot lie in a folder of one machine. */
export const awsStoreIsShared: ConfigRule = ({ environments, store }) => {
  const aws = environments.find(({ content }) => content && targetOf(content.target, store) === "aws");
  if (!aws || store.startsWith("s3://")) return [];
  return [
    { path: ["store"], message: `${quoteInput(store)} is a folder here; the target aws needs s3://bucket/prefix` },
  ];
};

/** And environments of one machine find their ledger there: `--local` gives everybody who shares a store a ladder of their own. */
export const localStoreIsHere: ConfigRule = ({ environments, store }) => {
  const areAllLocal = environments.every(({ content }) => content && targetOf(content.target, store) === "local");
  const [first] = environments;
  if (!first || !areAllLocal || !store.startsWith("s3://")) return [];
  return [
    {
      path: ["environments", first.name, "target"],
      message: "is local, and the store is in S3; leave it out, and --local is this ladder on each machine",
    },
  ];
};

export const awsKeysNeedAws: ConfigRule = ({ environments, store }) =>
  environments.flatMap(({ name, content }) => {
    if (!content || targetOf(content.target, store) === "aws") return [];
    const keys = (["account", "region", "role"] as const).filter((key) => content[key] !== undefined);
    return keys.map((key) => ({ path: ["environments", name, key], message: "means nothing on the target local" }));
  });

export const soakNeedsBelow: ConfigRule = ({ environments }) => {
  const [first] = environments;
  if (!first?.content || first.content.soak === 0) return [];
  return [
    { path: ["environments", first.name, "soak"], message: `has nothing to wait for: ${first.name} is the first` },
  ];
};

/** Approvers that nobody asks, and a number that no one can reach. */
export const approvalsCanBeGiven: ConfigRule = ({ environments }) =>
  environments.flatMap(({ name, content }): Finding[] => {
    if (!content?.approvers) return [];
    const path = ["environments", name, "approvers"];
    if (content.approvals === 0) return [{ path, message: "would never be asked: approvals is 0" }];
    const people = new Set(content.approvers);
    const hasTeam = content.approvers.some((approver) => approver.startsWith("team:"));
    if (hasTeam || people.size >= content.approvals) return [];
    return [{ path, message: `names ${people.size}, fewer than the ${content.approvals} approvals asked for` }];
  });

export const portsFit: ConfigRule = ({ environments, localPort }) => {
  const last = localPort + environments.length;
  if (last <= 65_535) return [];
  return [{ path: ["local", "port"], message: `the last environment would need port ${last}; 65535 is the highest` }];
};

export const listsHaveNoRepeats: ConfigRule = (draft) => [
  ...repeats(draft.retired, ["retired"]),
  ...draft.environments.flatMap(({ name, content }) => [
    ...repeats(content?.override ?? [], ["environments", name, "override"]),
    ...repeats(content?.approvers ?? [], ["environments", name, "approvers"]),
    ...repeats(content?.freeze.map((freeze) => freeze.name) ?? [], ["environments", name, "freeze"]),
  ]),
  ...draft.services.flatMap(({ name, content }) => [
    ...repeats(content?.files ?? [], ["services", name, "files"]),
    ...repeats(content?.paths ?? [], ["services", name, "paths"]),
  ]),
  ...webRepeats(draft),
];
const webRepeats = ({ web }: Draft): Finding[] => repeats(web?.content?.assets ?? [], ["web", "assets"]);

function repeats(values: readonly string[], path: readonly string[]): Finding[] {
  return values.flatMap((value, index) =>
    values.indexOf(value) === index ? [] : [{ path: [...path, index], message: `${quoteInput(value)} is there twice` }],
  );
}
