import type { CodePage } from "../page.ts";

/** About the release itself. */
export const releaseCodes = {
  "release-missing": {
    why: "The store has no release.json for this commit: it was never built, its build did not end, or it was collected.",
    look: "Whether the commit is in the list of releases, and whether the store is the one you mean.",
    help: "Build the commit. A release that was collected never comes back under its old record.",
    command: "promote build --sha <sha>",
  },
  "release-corrupt": {
    why: "A stored byte differs from what the manifest says it is.",
    look: "Which object it is; somebody or something wrote to the store beside Slipway.",
    help: "Build the commit again: if it gives the same bytes, what is lost or damaged is put back. Otherwise promote another release, or bring the object back from a copy of the store. No rule can be passed over for it.",
    command: "promote build --sha <sha>",
  },
  "release-foreign": {
    why: "The manifest names another app or another repository.",
    look: "The store that was used: --store, or `store` in slipway.yaml.",
    help: "Name the store of this app.",
    command: "promote status",
  },
  attestation: {
    why: "Provenance that policy asks for is absent, or proves another commit, workflow or digest.",
    look: "Which workflow published the release.",
    help: "Publish the release from the workflow that policy names.",
    command: "promote explain --sha <sha> --env <env>",
  },
  quarantined: {
    why: "Somebody marked this release as bad, for every environment.",
    look: "By whom, when and why: the reason is shown with the refusal.",
    help: "Promote a fix. If the mark was a mistake, take it back; it stays on record.",
    command: "promote quarantine --sha <sha> --lift",
  },
  "image-unavailable": {
    why: "An image of the release, or one that --image names, is missing, archived, or for another platform than the environment runs.",
    look: "Which digest, and who may have removed it.",
    help: "Bring the image back, or promote a release whose images are there.",
    command: "promote verify --sha <sha>",
  },
} as const satisfies Readonly<Record<string, CodePage>>;
