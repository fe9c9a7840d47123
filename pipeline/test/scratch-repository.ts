import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { isSha, type Sha } from "../src/identifiers.ts";

/** A real git repository in a folder of its own, removed at the end of the test. */
export class ScratchRepository implements Disposable {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), "slipway-repository-")));

  constructor(files: Readonly<Record<string, string>>) {
    this.git("init", "--quiet", "--initial-branch=main");
    this.write({ ".gitignore": ".slipway/\n", ...files });
  }

  git(...args: readonly string[]): string {
    const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.invalid", "-c", "commit.gpgsign=false"];
    return execFileSync("git", [...identity, ...args], { cwd: this.folder, encoding: "utf8", stdio: "pipe" }).trim();
  }

  /** Text by path; a path that ends in `*` is executable. */
  write(files: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(files)) {
      const at = join(this.folder, path.replace(/\*$/, ""));
      mkdirSync(dirname(at), { recursive: true });
      writeFileSync(at, text);
      if (path.endsWith("*")) chmodSync(at, 0o755);
    }
  }

  link(path: string, target: string): void {
    const at = join(this.folder, path);
    mkdirSync(dirname(at), { recursive: true });
    symlinkSync(target, at);
  }

  commit(subject: string): Sha {
    this.git("add", "--all");
    this.git("commit", "--quiet", "--allow-empty", "--message", subject);
    const sha = this.git("rev-parse", "HEAD");
    if (!isSha(sha)) throw new Error(`git named a commit ${sha}`);
    return sha;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
