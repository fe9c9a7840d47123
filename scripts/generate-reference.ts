import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { generatedFolders, referenceFiles, repository } from "./reference/files.ts";

const files = referenceFiles();
for (const folder of generatedFolders) {
  mkdirSync(new URL(folder, repository), { recursive: true });
  for (const left of readdirSync(new URL(folder, repository))) rmSync(new URL(`${folder}${left}`, repository));
}
for (const [path, text] of Object.entries(files)) writeFileSync(new URL(path, repository), text);
