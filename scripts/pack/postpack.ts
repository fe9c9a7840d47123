import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Turns the manifest back to the sources; see prepack.ts. */
const file = join(process.cwd(), "package.json");
if (existsSync(`${file}.source`)) renameSync(`${file}.source`, file);
rmSync(join(process.cwd(), "LICENSE"), { force: true });
