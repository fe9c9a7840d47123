import { shortSha } from "../../identifiers.ts";
import { imageWords } from "../../release/parts-of-release.ts";
import { count, inWords, spellDigest } from "../spell.ts";
import { no, notAsked, passed, type Rule, unknown } from "./rule.ts";

/** The release is published, whole, and of this app. */
export const release: Rule = ({ facts, request }) => {
  if (facts.release === null && request.action === "rollback") return notAsked;
  const sha = request.sha ?? facts.sha ?? "the release";
  if (facts.release === null) return unknown("release-missing", `${shortSha(sha)} was not looked up`);
  if (facts.release.status === "unknown") {
    return unknown("release-missing", `could not read the release: ${facts.release.because}`);
  }
  const look = facts.release.value;
  switch (look.status) {
    case "missing":
      return no("release-missing", `the store has no release.json for ${shortSha(sha)}`);
    case "retired":
      return no("release-missing", `${shortSha(sha)} was collected; a collected release never returns`);
    case "corrupt":
      return no("release-corrupt", `what is stored is not what was published: ${look.because}`);
    case "found": {
      const { manifest, digest } = look.release;
      const app = facts.policy.policy.app;
      if (manifest.app !== app) {
        return no("release-foreign", `the manifest is of ${manifest.app}, this store is of ${app}`, {
          data: { found: manifest.app, required: app },
        });
      }
      if (request.sha !== null && manifest.git.sha !== request.sha) {
        return no("release-corrupt", `the manifest of ${shortSha(sha)} names ${shortSha(manifest.git.sha)}`, {
          data: { found: manifest.git.sha, required: request.sha },
        });
      }
      const ran = facts.standing.good.find((run) => run.sha === manifest.git.sha);
      if (ran && ran.digest !== digest) {
        return no(
          "release-corrupt",
          `${shortSha(ran.sha)} ran here with another release.json, which is never written twice`,
          {
            evidence: [`epoch ${ran.epoch} ran ${spellDigest(ran.digest)}, the store has ${spellDigest(digest)}`],
            data: { found: digest, required: ran.digest },
          },
        );
      }
      const files = manifest.web ? manifest.web.entries + manifest.web.assets : 0;
      const holds = inWords([...imageWords(manifest), count(files, "web file")]);
      return passed(`complete; ${holds} of ${spellDigest(digest)}`);
    }
  }
};
