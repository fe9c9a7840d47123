import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
export const nodeImage = "node:24-slim";

/** No image can be pulled where tests run: one of the same name is made of this machine's Node, what it links to, and a static busybox. */
export async function provideNodeImage(dockerHost: string): Promise<void> {
  const env = { ...process.env, DOCKER_HOST: dockerHost };
  const isThere = await run("docker", ["image", "inspect", nodeImage], { env }).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  const folder = await mkdtemp(join(tmpdir(), "slipway-node-image-"));
  try {
    const tree = join(folder, "tree");
    const copy = async (from: string, to: string): Promise<void> => {
      await mkdir(dirname(join(tree, to)), { recursive: true });
      await cp(await realpath(from), join(tree, to));
    };
    await copy(process.execPath, "usr/local/bin/node");
    const { stdout } = await run("ldd", [process.execPath]);
    for (const [library] of stdout.matchAll(/\/\S+/g)) await copy(library, library);
    await copy("/bin/busybox", "bin/busybox");
    for (const name of ["sh", "id", "mkdir", "ls", "cat"]) await symlink("busybox", join(tree, "bin", name));
    await mkdir(join(tree, "etc"), { recursive: true });
    await writeFile(join(tree, "etc/passwd"), "root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n");
    await writeFile(join(tree, "etc/group"), "root:x:0:\nnode:x:1000:\n");
    await mkdir(join(tree, "tmp"), { mode: 0o777 });
    const tar = join(folder, "tree.tar");
    await run("tar", ["-C", tree, "--owner=0", "--group=0", "-cf", tar, "."]);
    await run("docker", ["import", "--change", 'CMD ["node"]', tar, nodeImage], { env });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
