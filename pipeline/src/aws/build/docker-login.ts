import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import type { OciCredentials } from "../image/oci-client.ts";

const schema = z.object({ auths: z.record(z.string(), z.object({ auth: z.string().optional() })).optional() });

/** What `docker login` left for a registry in the client's own file. Null: nothing, or it is kept by a helper. */
export async function dockerLogin(host: string): Promise<OciCredentials | null> {
  const folder = process.env.DOCKER_CONFIG || join(homedir(), ".docker");
  const text = await readFile(join(folder, "config.json"), "utf8").catch(() => null);
  if (text === null) return null;
  const auth = parse(text)?.auths?.[host]?.auth;
  const [username = "", ...password] = Buffer.from(auth ?? "", "base64")
    .toString()
    .split(":");
  return username === "" || password.length === 0 ? null : { username, password: password.join(":") };
}

function parse(text: string): z.infer<typeof schema> | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
