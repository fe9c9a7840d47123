/** npm run test:setup: what `npm run test:integration` needs beyond npm packages, once; on a bare Debian or Ubuntu as root it installs that too. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const parts = fileURLToPath(new URL("../.slipway/test-parts/", import.meta.url));
const requirements = fileURLToPath(new URL("../pipeline/test/emulators/requirements.txt", import.meta.url));

const run = (program: string, ...args: readonly string[]): void =>
  void execFileSync(program, args, { stdio: ["ignore", "inherit", "inherit"] });
const works = (program: string, ...args: readonly string[]): boolean => {
  try {
    execFileSync(program, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** @throws Error with what to install by hand where there is no apt-get */
function install(...packages: readonly string[]): void {
  if (!works("apt-get", "--version")) throw new Error(`install ${packages.join(" ")}, then run this again`);
  process.env.DEBIAN_FRONTEND = "noninteractive";
  run("apt-get", "-qq", "-o", "Acquire::Retries=3", "update");
  run("apt-get", "-qq", "-o", "Acquire::Retries=3", "install", "--no-install-recommends", ...packages);
}

function setUpBrowser(): void {
  const program = process.env.CHROMIUM ?? "chromium";
  if (!works(program, "--version")) install("chromium", "fonts-dejavu-core");
  run(program, "--version");
}

/** A virtual environment of its own, made anew when what it should hold has changed. */
function setUpEmulators(): void {
  const python = join(parts, "python");
  const stamp = join(python, "requirements.sha256");
  const wanted = createHash("sha256").update(readFileSync(requirements)).digest("hex");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
    rmSync(python, { recursive: true, force: true });
    mkdirSync(parts, { recursive: true });
    if (!works("python3", "-c", "import ensurepip, venv")) install("python3", "python3-venv");
    run("python3", "-m", "venv", python);
    run(join(python, "bin/pip"), "install", "--quiet", "--disable-pip-version-check", "--requirement", requirements);
    writeFileSync(stamp, wanted);
  }
  run(join(python, "bin/pip"), "--disable-pip-version-check", "show", "--quiet", "moto", "ministack");
  say("moto and ministack are in place");
}

/** Debian's OCI registry, and a client of it that nobody here wrote. */
function setUpRegistry(): void {
  const missing = ["docker-registry", "skopeo"].filter((program) => !works(program, "--version"));
  if (missing.length > 0) install(...missing);
  say("docker-registry and skopeo are in place");
}

/** An engine for real containers, and the one program of their images; that somebody's own engine is there already is as good. */
function setUpContainers(): void {
  const missing = works("docker", "info") || works("dockerd", "--version") ? [] : ["docker.io"];
  if (!works("/bin/busybox", "true")) missing.push("busybox-static");
  if (missing.length > 0) install(...missing);
  say("docker and busybox are in place");
}

setUpBrowser();
setUpContainers();
setUpEmulators();
setUpRegistry();
