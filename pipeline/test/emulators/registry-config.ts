import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const registryUser = { username: "slipway", password: "not-a-secret" };
/** bcrypt of that password, as htpasswd writes it. */
const passwords = "slipway:$2b$05$d9WexTJnsxMaT/yNiuB99uDYCIn7zlW3lWkh6STh7Nau/N5o5eWra\n";

/** Configuration of Debian's docker-registry with its files in `folder`; answers the file's path. */
export function writeRegistryConfig(folder: string, port: number, isGuarded: boolean): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "passwords"), passwords);
  const auth = isGuarded ? { auth: { htpasswd: { realm: "tests", path: join(folder, "passwords") } } } : {};
  const config = {
    version: 0.1,
    log: { level: "error" },
    storage: { filesystem: { rootdirectory: join(folder, "data") }, delete: { enabled: true } },
    http: { addr: `127.0.0.1:${port}` },
    ...auth,
  };
  const file = join(folder, "config.json");
  // YAML takes JSON.
  writeFileSync(file, JSON.stringify(config));
  return file;
}
