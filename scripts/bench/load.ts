import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Sha } from "../../pipeline/src/identifiers.ts";
import { awsTiming } from "../../pipeline/src/ledger/lease-timing.ts";
import { connectLocal } from "../../pipeline/src/local/connect.ts";
import { freePort } from "../../pipeline/src/local/platform/free-port.ts";
import { purgePlatform, startPlatform } from "../../pipeline/src/local/platform-control.ts";
import type { Permit, SourceControl } from "../../pipeline/src/ports.ts";
import { canonicalBytes, sha256 } from "../../pipeline/src/release/canonical-json.ts";
import { readRelease } from "../../pipeline/src/release/read-release.ts";
import { hexOf, releaseKey } from "../../pipeline/src/release/store-keys.ts";
import { tinyService } from "../../pipeline/test/tiny-service.ts";
import { BenchRepository, environment } from "./bench-repository.ts";
import type { BenchOptions, Part } from "./figure.ts";
import { type Curve, type Point, whyWorseThanLinear } from "./growth.ts";
import { bestOf, type Lap, type Laps } from "./laps.ts";
import type { PointAnswer, PointOrder } from "./load-point.ts";
import { type LoadSize, loadConfig, type RunningServices, ServicesInMemory } from "./load-world.ts";
import { plotCurves } from "./plot.ts";
import { runProgram } from "./run-program.ts";
import { whenStopped } from "./when-stopped.ts";

const rounds = 3;
/** A process of its own takes more or less time to start from call to call. */
const starts = 5;
/** A first publication, where everything is new, is measured again in repositories of its own; that of the most files takes a minute. */
const firstRounds = (files: number): number => (files > 10_000 ? 1 : rounds);
const small: LoadSize = { releases: 3, services: 1, files: 20 };
const axes: Readonly<Record<keyof LoadSize, readonly number[]>> = {
  releases: [10, 100, 1_000],
  services: [1, 10, 50],
  files: [1_000, 10_000, 100_000],
};
/** For whoever works on the bench itself. */
const tinyAxes: typeof axes = { releases: [5, 10, 50], services: [1, 5, 10], files: [50, 500, 5_000] };
const namesOfAxes: Readonly<Record<keyof LoadSize, string>> = {
  releases: "releases of history",
  services: "services",
  files: "web files",
};

const fileOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const platform = fileOf("../../pipeline/test/platform-without-postgres.ts");
const pointProgram = fileOf("./load-point.ts");
const launcher = fileOf("../../cli/bin/promote.js");

/** How the time and memory of each step grow with history, services and web files. */
export const load: Part = {
  name: "load",
  title: "how processor time and memory grow: slope of the last stretch, and fit of a + b·n^k",
  run: async ({ plot, tiny }: BenchOptions) => {
    const sizes = tiny ? tinyAxes : axes;
    const curves: Curve[] = [];
    for (const axis of Object.keys(axes) as (keyof LoadSize)[]) {
      const points: { readonly size: number; readonly measured: Measured }[] = [];
      for (const size of sizes[axis]) {
        process.stderr.write(`load: ${size.toLocaleString("en-GB")} ${namesOfAxes[axis]}…\n`);
        points.push({ size, measured: await measurePoint({ ...small, [axis]: size }) });
      }
      curves.push(...curvesOf(namesOfAxes[axis], points));
    }
    if (plot !== null) writeFileSync(plot, plotCurves(curves, "How the steps of Slipway grow"));
    return {
      size: { rounds, "else: releases": small.releases, services: small.services, "web files": small.files },
      figures: [],
      curves,
      problems: curves.flatMap((curve) => whyWorseThanLinear(curve) ?? []),
    };
  },
};

/** Laps in ms, and peaks of memory in MB, by name. */
interface Measured {
  readonly laps: Laps;
  readonly memory: Readonly<Record<string, number>>;
}

async function measurePoint(size: LoadSize): Promise<Measured> {
  const port = await freePort();
  // Awaited here: what is measured must still be there.
  await using repository = await BenchRepository.open(loadConfig(port, size.services), { durable: false });
  const { root } = repository;
  const end = () => purgePlatform(root);
  const stopped = whenStopped(end);
  try {
    const { pid } = await startPlatform({ root, entry: platform, environments: [{ name: environment, port }] });
    await repository.target();
    const shas = commitMany(repository, size.releases + rounds);
    const [first, last] = [shas[0] as Sha, shas.slice(-rounds)];
    writeService(root);
    const order = { root, files: size.files, platform: pid };
    const all = await runPoint({ ...order, act: "first", shas: [first], running: {} });
    const again = await publishElsewhere(size, pid, firstRounds(size.files) - 1);
    const running = await makeHistory(repository, shas.slice(0, size.releases));
    const next = await runPoint({ ...order, act: "next", shas: last, running });
    const status = await runCommand(root, ["status"]);
    const verify = await runCommand(root, ["history", "--verify"]);
    return {
      laps: {
        ...bestOf([all.laps, ...again]),
        ...next.laps,
        "promote status": status.lap,
        "promote history --verify": verify.lap,
      },
      memory: {
        "memory: build and publish, all new": all.memory,
        "memory: build, publish, promote": next.memory,
        "memory: promote status": status.memory,
        "memory: promote history --verify": verify.memory,
        ...peakOf("memory: the platform", pid),
      },
    };
  } finally {
    await end();
    stopped[Symbol.dispose]();
  }
}

/** First publications of the same size, each in a repository of its own. */
async function publishElsewhere(size: LoadSize, pid: number, times: number): Promise<readonly Laps[]> {
  const laps: Laps[] = [];
  for (let round = 0; round < times; round += 1) {
    await using repository = await BenchRepository.open(loadConfig(await freePort(), size.services), {
      durable: false,
    });
    const { root } = repository;
    const sha = repository.commit("number 0");
    writeService(root);
    const order = { root, files: size.files, platform: pid, act: "first", shas: [sha], running: {} } as const;
    laps.push((await runPoint(order)).laps);
  }
  return laps;
}

/** Commits one after the other, oldest first, of one tree: in one process of git. */
function commitMany(repository: BenchRepository, count: number): readonly Sha[] {
  const first = repository.commit("number 0");
  const git = (args: readonly string[], input = "") =>
    execFileSync("git", args, { cwd: repository.root, input, encoding: "utf8", stdio: "pipe" });
  const commits = Array.from({ length: count - 1 }, (_, at) => {
    const subject = `number ${at + 1}`;
    const from = at === 0 ? `from ${first}\n` : "";
    const committer = `committer Test <test@example.invalid> ${1_700_000_000 + at} +0000`;
    return `commit refs/heads/main\n${committer}\ndata ${subject.length}\n${subject}\n${from}`;
  });
  git(["fast-import", "--quiet"], commits.join(""));
  return git(["rev-list", "--reverse", "main"]).trim().split("\n") as Sha[];
}

function writeService(root: string): void {
  const built = join(root, ".slipway", "site");
  mkdirSync(built, { recursive: true });
  writeFileSync(join(built, "server.cjs"), tinyService()["server.cjs"] ?? "");
}

async function runPoint(order: PointOrder): Promise<PointAnswer> {
  const { exit, stdout, stderr } = await runProgram(process.execPath, [pointProgram, JSON.stringify(order)]);
  if (exit === 0) return JSON.parse(stdout) as PointAnswer;
  throw new Error(`a point of the load ended with ${exit}: ${stderr.trim()}`);
}

/** Says at the end what it cost: processor time in microseconds, and the peak of its memory in kB. */
const hook = `process.on("exit", () => {
  const { user, system } = process.cpuUsage();
  require("node:fs").writeSync(2, " " + (user + system) + " " + process.resourceUsage().maxRSS);
});
`;

/** A call of the command line, as a process of its own. */
async function runCommand(
  root: string,
  args: readonly string[],
): Promise<{ readonly lap: Lap; readonly memory: number }> {
  const path = join(root, ".slipway", "cost.cjs");
  writeFileSync(path, hook);
  const laps: Laps[] = [];
  let memory = 0;
  for (let round = 0; round < starts; round += 1) {
    const start = performance.now();
    const ran = await runProgram(process.execPath, ["--require", path, launcher, ...args], { folder: root });
    const clock = performance.now() - start;
    const [, processor, kilobytes] = / (\d+) (\d+)$/.exec(ran.stderr) ?? [];
    if (ran.exit !== 0 || processor === undefined)
      throw new Error(`${args.join(" ")} ended ${ran.exit}: ${ran.stderr}`);
    const milliseconds = Number(processor) / 1_000;
    laps.push({ it: { processor: milliseconds, clock, calls: 0, dearest: milliseconds } });
    memory = Math.max(memory, Number(kilobytes) / 1_024);
  }
  return { lap: bestOf(laps).it as Lap, memory };
}

/** Of another process; only Linux tells. */
function peakOf(name: string, pid: number): Readonly<Record<string, number>> {
  try {
    const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kilobytes === undefined ? {} : { [name]: Number(kilobytes) / 1_024 };
  } catch {
    return {};
  }
}

const linear: SourceControl = {
  relation: async (from, to) => (from === to ? "same" : "ahead"),
  onBranch: async () => true,
  between: async () => [],
};

/**
 * As many releases in the store, each with the artifacts of the first, and as many promotions in the ledger: by the real code on ports
 * in memory. The platform is then given the pages that were live last.
 */
async function makeHistory(repository: BenchRepository, shas: readonly Sha[]): Promise<RunningServices> {
  const { files: store, root } = repository;
  const [first] = shas;
  const look = first && (await readRelease(store, first));
  if (look?.status !== "found" || !look.web) throw new Error("the first release is not what was published");
  const { manifest } = look.release;
  const entries = look.web.files.filter(({ role }) => role === "entry");
  const digest = sha256(canonicalBytes(look.web));
  const services = new ServicesInMemory(
    {},
    new Map([[digest, new Map(entries.map((file) => [file.path, file.sha256]))]]),
  );
  const surroundings = { timing: awsTiming, source: linear, connect: async () => services.ports() };
  for (const sha of shas) {
    const bytes = canonicalBytes({ ...manifest, git: { ...manifest.git, sha } });
    await store.putIfAbsent(releaseKey(sha), bytes);
    await repository.promote(surroundings, { sha });
  }
  repository.store.take();
  linkPool(root, join(root, ".slipway", "site", "web"));
  await showPages(repository, { sha: shas.at(-1) as Sha, digest }, look.web.files, shas.length);
  return services.running;
}

/** What is live is not copied file by file, each flushed to the disk: the pool has it already. */
function linkPool(root: string, folder: string): void {
  const pool = join(root, ".slipway", "platform", "environments", environment, "pool", "files");
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const path = join(folder, name);
    if (!statSync(path).isFile()) continue;
    const link = join(pool, hexOf(sha256(readFileSync(path))));
    try {
      linkSync(path, link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

async function showPages(
  repository: BenchRepository,
  web: { readonly sha: Sha; readonly digest: ReturnType<typeof sha256> },
  files: Parameters<Awaited<ReturnType<typeof connectLocal>>["web"]["addAssets"]>[0],
  epoch: number,
): Promise<void> {
  const target = await repository.target();
  const ports = await connectLocal({ root: repository.root, target: target.target });
  const permit: Permit = { environment, epoch, signal: new AbortController().signal, check: () => undefined };
  await ports.web.addAssets(
    files.filter(({ role }) => role === "asset"),
    permit,
  );
  await ports.web.switchTo(web, permit);
}

/** Every name that was measured at each size. */
function curvesOf(
  axis: string,
  points: readonly { readonly size: number; readonly measured: Measured }[],
): readonly Curve[] {
  const across = (pick: (measured: Measured) => Readonly<Record<string, unknown>>) =>
    Object.keys(points[0] ? pick(points[0].measured) : {}).filter((name) =>
      points.every(({ measured }) => name in pick(measured)),
    );
  const steps = across(({ laps }) => laps).map((name): Curve => {
    const pointOf = (size: number, lap: Lap): Point => ({
      size,
      value: lap.processor,
      clock: lap.clock,
      calls: name.startsWith("promote ") && name !== "promote what is live" ? null : lap.calls,
      dearest: lap.dearest,
    });
    return {
      axis,
      name,
      unit: "ms",
      points: points.map(({ size, measured }) => pointOf(size, measured.laps[name] as Lap)),
    };
  });
  const memory = across(({ memory: peaks }) => peaks).map((name): Curve => {
    const peakIn = ({ memory: peaks }: Measured) => peaks[name] ?? 0;
    return {
      axis,
      name,
      unit: "MB",
      points: points.map(({ size, measured }) => ({ size, value: peakIn(measured), clock: null, calls: null })),
    };
  });
  return [...steps, ...memory];
}
