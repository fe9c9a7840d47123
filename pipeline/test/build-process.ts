import { isSha } from "../src/identifiers.ts";
import { buildHere } from "./local-build.ts";

// A build in a process of its own, for tests that kill it: `node build-process.ts <folder> <sha>`.
const [folder = "", sha = ""] = process.argv.slice(2);
if (!isSha(sha)) throw new Error("usage: build-process.ts <folder> <sha>");
await buildHere(folder, sha);
