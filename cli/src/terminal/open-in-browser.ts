import { spawn } from "node:child_process";
import { once } from "node:events";

const openers: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ["open"],
  win32: ["explorer.exe"],
};

/** Shows an address to the person at this machine; false: no program could be started for it. */
export async function openInBrowser(
  url: string,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  const [program = "xdg-open", ...args] = openers[process.platform] ?? [variables.BROWSER || "xdg-open"];
  try {
    const child = spawn(program, [...args, url], { stdio: "ignore", detached: true, env: { ...variables } });
    await once(child, "spawn");
    child.unref();
    return true;
  } catch {
    return false;
  }
}
