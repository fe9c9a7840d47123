import type { Can } from "../small-model.ts";
import { Older, Place, Publish, type Publisher, type SharingRules, type World } from "./world.ts";

export function publish(rules: SharingRules, now: World, can: Can<World>, which: 0 | 1): void {
  const me = which + 1;
  const { stage, began, expects, builtUpon } = now.publishers[which];
  if (stage === Publish.ended) return;
  const go = (does: string, to: number, write: (next: World, mine: Publisher) => void = () => undefined): void =>
    can(`publisher ${me}`, does, (next) => {
      const mine = next.publishers[which];
      mine.stage = to;
      write(next, mine);
    });
  const end = (next: World, mine: Publisher): void => {
    const isOurs = rules.clears === "who is alone" ? mine.alone : next.markDay === mine.began;
    const isOver = next.place === Place.there || isOurs;
    if (next.markOf === me && isOver) clearMark(next);
    mine.builtUpon = 0;
    forget(mine);
  };
  if (now.deathsLeft && stage > Publish.begin)
    go("dies", Publish.ended, (next, mine) => {
      next.deathsLeft -= 1;
      forget(mine);
    });
  switch (stage) {
    case Publish.begin:
      go("marks its publication", Publish.look, (next, mine) => {
        mine.alone = next.markOf === 0 ? 1 : 0;
        const keeps = rules.keepsTheOldest && next.markOf !== 0 && next.markDay < next.day;
        if (!keeps) next.markDay = next.day;
        next.markOf = me;
        mine.began = next.day;
      });
      break;
    case Publish.look:
      if (now.place === Place.there) go("finds the release", Publish.ended, end);
      else
        go("looks at the place", Publish.hold, (next, mine) => {
          mine.expects = next.place;
        });
      break;
    case Publish.hold:
      if (now.older === Older.there)
        go("builds upon the older release", Publish.send, (next, mine) => {
          mine.builtUpon = 1;
          if (rules.marksItsBase) next.olderVersion += 1;
        });
      else go("finds nothing to build upon", Publish.send);
      break;
    case Publish.send: {
      const isToday = now.file === now.day + 1;
      const isTaken = now.file !== 0 && (builtUpon !== 0 || isToday || !rules.rewritesWhatIsOld);
      if (isTaken) go("takes the file that is there", Publish.check);
      else
        go("writes the file", Publish.check, (next) => {
          next.file = next.day + 1;
          next.write += 1;
        });
      break;
    }
    case Publish.check:
      if (rules.givesUp && now.day > began) go("has taken too long", Publish.ended, end);
      else go("is in time", Publish.put);
      break;
    default:
      if (now.place === expects)
        go("puts release.json", Publish.ended, (next, mine) => {
          next.place = Place.there;
          end(next, mine);
        });
      else if (now.place === Place.there) go("finds the other one's release", Publish.ended, end);
      else if (now.publishers[which].again === 0)
        go("is fenced off and begins again", Publish.begin, (next, mine) => {
          end(next, mine);
          mine.again = 1;
          mine.expects = 0;
        });
      else go("is fenced off twice", Publish.ended, end);
  }
}

/** What nobody will ask for any more: worlds that differ in it alone are one. */
function forget(mine: Publisher): void {
  if (mine.builtUpon === 0) mine.began = 0;
  mine.expects = 0;
  mine.alone = 0;
  mine.again = 0;
}

export function clearMark(world: World): void {
  world.markOf = 0;
  world.markDay = 0;
}
