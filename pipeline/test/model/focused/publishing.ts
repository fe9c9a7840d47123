import { blockOf, Layout } from "../checker/layout.ts";
import type { Model } from "../checker/model.ts";
import { smallModel } from "./small-model.ts";

/** Two builds of one commit whose bytes differ, files create-only, the manifest last, one death. */
export interface PublishingRules {
  /** §1: by content; by path, two builds share keys. */
  readonly keys: "content" | "path";
  /** By path: a file that is there is taken for ours, or compared. */
  readonly onConflict: "taken for ours" | "compared";
}
const publishingRules: PublishingRules = { keys: "content", onConflict: "compared" };

const block = blockOf({
  /** By path: whose bytes; by content: which builds' bytes, as bits. */
  firstFile: "small",
  secondFile: "small",
  manifest: "small",
  firstBuild: "small",
  secondBuild: "small",
  deathsLeft: "small",
  startedAgain: "small",
});
type World = InstanceType<typeof block.View>;
const Stage = { manifest: 2, stopped: 8, dead: 9, published: 10 } as const;
const builds = ["firstBuild", "secondBuild"] as const;
const files = ["firstFile", "secondFile"] as const;

export function publishingModel(change: Partial<PublishingRules> = {}): Model {
  const rules = { ...publishingRules, ...change };
  const layout = new Layout();
  const [base = 0] = layout.place("", block);
  const has = (held: number, build: number): boolean =>
    rules.keys === "content" ? (held & (1 << (build - 1))) !== 0 : held === build;
  return smallModel<World>({
    layout,
    worldIn: (frame) => new block.View(frame, base),
    begin: [
      (world) => {
        world.deathsLeft = 1;
      },
    ],
    act: (now, can) => {
      for (const [at, build] of builds.entries()) {
        const stage = now[build];
        const who = `build ${at + 1}`;
        if (stage >= Stage.stopped) continue;
        const go = (does: string, to: number, write: (next: World) => void = () => undefined): void =>
          can(who, does, (next) => {
            next[build] = to;
            write(next);
          });
        if (now.deathsLeft)
          go("dies", Stage.dead, (next) => {
            next.deathsLeft -= 1;
          });
        const file = files[stage];
        if (stage === Stage.manifest && now.manifest) go("finds another build's manifest", Stage.published);
        else if (file === undefined)
          go("writes the manifest", Stage.published, (next) => {
            next.manifest = at + 1;
          });
        else if (rules.keys === "content")
          go("writes a file", stage + 1, (next) => {
            next[file] |= 1 << at;
          });
        else if (now[file] === 0)
          go("writes a file", stage + 1, (next) => {
            next[file] = at + 1;
          });
        else if (now[file] === at + 1 || rules.onConflict === "taken for ours")
          go("takes the file for its own", stage + 1);
        else go("finds other bytes under the key, and stops", Stage.stopped);
      }
      const isGivenUp = builds.every((build) => now[build] === Stage.stopped || now[build] === Stage.dead);
      if (now.manifest === 0 && isGivenUp && !now.startedAgain)
        can("a person", "builds once more", (next) => {
          next.startedAgain = 1;
          next.secondBuild = 0;
        });
    },
    violation: ({ manifest, firstFile, secondFile }) =>
      manifest === 0 || (has(firstFile, manifest) && has(secondFile, manifest))
        ? null
        : "I1: the manifest names other bytes than are stored",
    badEnd: ({ manifest }) => (manifest === 0 ? "I6: this commit can never be published" : null),
  });
}
