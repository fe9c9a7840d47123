import type { Digest } from "../../identifiers.ts";
import type { Facts } from "../../promotion/facts.ts";
import { count, inWords, spellDigest, spellImages } from "../spell.ts";
import { no, notAsked, passed, type Rule, releaseOf, unknown } from "./rule.ts";

/** Every image that has to start can be pulled. */
export const images: Rule = ({ facts, request }) => {
  const release = releaseOf(facts.release);
  if (!release || request.only === "web") return notAsked;
  const { images: built, migrations } = release.manifest;
  const needed = Object.entries(built).map(([name, image]) => [name, image.digest] as const);
  const runner = migrations && request.action === "promote" ? migrations.runner.image.digest : null;
  const known = new Set(needed.map(([, digest]) => digest));
  const hasRunner = runner !== null && !known.has(runner);
  const all = hasRunner ? [...needed, ["migrations", runner] as const] : needed;
  const looks = all.map(([name, digest]) => ({ name, digest, ...lookAt(facts, digest) }));
  const missing = looks.filter((look) => look.status === "no");
  const unseen = looks.filter((look) => look.status === "unknown");
  const lines = (some: typeof looks) => some.map((look) => `${look.name} ${spellDigest(look.digest)} ${look.because}`);
  const data = (some: typeof looks) => ({ images: some.map(({ name, digest }) => ({ name, digest })) });
  if (missing.length > 0) {
    return no("image-unavailable", `${missing.length} of ${count(all.length, "image")} cannot be pulled`, {
      evidence: lines(missing),
      data: data(missing),
    });
  }
  if (unseen.length > 0) {
    return unknown("image-unavailable", `could not look at ${unseen.length} of ${count(all.length, "image")}`, {
      evidence: lines(unseen),
      data: data(unseen),
    });
  }
  return all.length === 0 ? notAsked : passed(`${inWords(spellImages(known.size, hasRunner))} can be pulled`);
};

function lookAt(facts: Facts, digest: Digest): { status: "yes" | "no" | "unknown"; because: string } {
  const look = Object.hasOwn(facts.images, digest) ? facts.images[digest] : undefined;
  if (!look) return { status: "unknown", because: "was not looked at" };
  if (look.status === "unknown") return { status: "unknown", because: look.because };
  if (!look.value) return { status: "no", because: "is not in the registry" };
  return look.value.pullable
    ? { status: "yes", because: "" }
    : { status: "no", because: look.value.because ?? "cannot be pulled" };
}
