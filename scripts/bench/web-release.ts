import type { StoreCalls } from "./counting-store.ts";
import { aFigure, type Figure, type Part } from "./figure.ts";
import { type PublishedSite, publishSites } from "./publish-sites.ts";
import { changed, makeSite, pages } from "./site.ts";
import type { SyncRun } from "./size-and-time-sync.ts";
import { type SyncedSite, syncSites } from "./sync-sites.ts";

/** Calls that publishing and going back cost at the object store, and whether the right files are served afterwards. */
export const webRelease: Part = {
  name: "web-release",
  title: "object-store calls of a large web release, beside a sync by size and time",
  run: async () => {
    const [older, newer] = [makeSite(1), makeSite(2)];
    const ours = await publishSites(older, newer);
    const theirs = syncSites(older, newer);
    const { samePages, longerPages, assets } = changed;
    const served = `${ours.wrong} of ${pages} pages`;
    return {
      size: {
        files: older.size,
        changed: samePages + longerPages + assets,
        "of them pages of equal size": samePages,
        "pages of another size": longerPages,
        "assets under a new name": assets,
      },
      figures: figuresOf(ours, theirs),
      problems: ours.wrong === 0 ? [] : [`after the rollback ${served} are not those of the older release`],
    };
  },
};

function figuresOf(ours: PublishedSite, theirs: SyncedSite): readonly Figure[] {
  const together = (calls: readonly StoreCalls[]) => calls.reduce((sum, { total }) => sum + total, 0);
  const forward = [ours.second, ...ours.live];
  const spell = (calls: readonly StoreCalls[], run: SyncRun) =>
    `ours: ${calls.map(String).join(" + ")}; sync: LIST ${run.lists}, HEAD ${run.heads}, PUT ${run.puts}` +
    (run.wrong.length > 0 ? `, WRONG: ${run.wrong.length} files silently skipped` : ", right");
  const against = (name: string, calls: readonly StoreCalls[], how: string, run: SyncRun): Figure => {
    const beside = { name: `sync, ${how}`, value: run.lists + run.heads + run.puts, best: null };
    return aFigure({ name, unit: "calls", value: together(calls), beside, note: spell(calls, run) });
  };
  return [
    against("build and publish, first release", [ours.first], "into an empty bucket", theirs.first),
    aFigure({ name: "build and publish, changed", unit: "calls", value: ours.second.total, note: `${ours.second}` }),
    aFigure({
      name: "go live, changed",
      unit: "calls",
      value: together(ours.live),
      note: `promotion: ${ours.live[0]}; copies by the web host: ${ours.live[1]}`,
    }),
    against("both together", forward, "a fresh build", theirs.freshBuild),
    against("both together", forward, "an incremental build", theirs.incremental),
    against("rollback", ours.back, "the kept folder", theirs.backKept),
    against("rollback", ours.back, "the older commit built again", theirs.backFresh),
    against("rollback", ours.back, "the kept folder, times kept too", theirs.backKeptTime),
    aFigure({
      name: "wrong after the rollback",
      unit: "files",
      value: ours.wrong,
      beside: { name: "sync, the kept folder", value: theirs.backKept.wrong.length, best: null },
      note: `ours: all ${pages} pages asked over HTTP`,
    }),
  ];
}
