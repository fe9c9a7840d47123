import { readFile } from "node:fs/promises";

/** Whom Postgres runs as, when that is not us: it refuses to run as root. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Null: we are an ordinary user, and Postgres runs as we do. For root it is `nobody`. */
export async function unprivilegedAccount(): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  const passwd = await readFile("/etc/passwd", "utf8").catch(() => "");
  const [, , uid, gid] = passwd.match(/^nobody:.*$/m)?.[0].split(":") ?? [];
  return { uid: toUnsigned(uid), gid: toUnsigned(gid) };
}

/** macOS writes nobody's id as -2; the kernel takes it as unsigned. 65534 is nobody on every Linux. */
const toUnsigned = (id: string | undefined): number => (id === undefined || id === "" ? 65_534 : Number(id) >>> 0);
