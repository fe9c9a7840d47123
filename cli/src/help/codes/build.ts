import type { CodePage } from "../page.ts";

/** Of `promote build` and `publish`. */
export const buildCodes = {
  "tree-dirty": {
    why: "The work tree differs from the commit, so that what you look at is not what would be built.",
    look: "`git status`",
    help: "Commit it, stash it, or add it to .gitignore.",
    command: "git status",
  },
  "build-differs": {
    why: "This commit is published, and building it again gave other bytes. What is published stays.",
    look: "The file and the line that differ; most often a time or a random name.",
    help: "What is published can be promoted as it is. To make builds repeat, take times from SOURCE_DATE_EPOCH.",
    command: "promote --sha <sha> --env <env>",
  },
  "web-broken": {
    why: "An entry of the web refers to a file that the build did not leave: its page would be broken.",
    look: "The entry and the reference, which are shown.",
    help: "Mend the reference, or let the build leave the file.",
    command: "promote build",
  },
  "web-collision": {
    why: "An asset has the name of an earlier one and other bytes. Browsers keep assets for a year, so some people would see the old one.",
    look: "Whether the name holds a hash of the content.",
    help: "Put a hash into the name, or leave the file out of `assets`: then it is an entry, and is never cached.",
    command: "promote build",
  },
  "path-unsafe": {
    why: "A path is a link, leads out of its folder, differs from another one by case alone, or holds control characters.",
    look: "The path that is named.",
    help: "Rename or remove it.",
    command: "promote build",
  },
  "build-failed": {
    why: "A build command or docker build exited non-zero, did not leave what slipway.yaml names, or docker is not there. Nothing was published.",
    look: "The last lines of the command, and its folder: it ran in a clean checkout of the commit, without a shell.",
    help: "Mend it and commit. What is only in your folder is not there. Where docker cannot run, --image takes over an image that was built elsewhere.",
    command: "promote build",
  },
  "publish-failed": {
    why: "An object of the store or of the asset pool has other bytes than its name says.",
    look: "Which one; somebody or something wrote to the store beside Slipway.",
    help: "Remove what does not belong there, and run the same command again.",
    command: "promote verify --sha <sha>",
  },
} as const satisfies Readonly<Record<string, CodePage>>;
