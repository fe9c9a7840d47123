import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { valuesOfEnvFile } from "@slipway/pipeline/redaction";

/** Values that services are given from a file, which no line of ours may show. Not there: none. */
export async function readEnvFile(root: string, file: string | null): Promise<readonly string[]> {
  if (file === null) return [];
  try {
    return valuesOfEnvFile(await readFile(resolve(root, file), "utf8"));
  } catch {
    return [];
  }
}
