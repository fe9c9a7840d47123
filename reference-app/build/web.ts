import { join } from "node:path";
import { build, type InlineConfig, type Plugin } from "vite";

/**
 * The SHA goes into the page, not into the script: a release that leaves the script as it was leaves its name as it was,
 * and browsers keep it.
 */
function releaseMeta(sha: string): Plugin {
  return {
    name: "release-meta",
    transformIndexHtml: () => [{ tag: "meta", attrs: { name: "release", content: sha }, injectTo: "head" }],
  };
}

export function webConfig(app: string, sha: string): InlineConfig {
  return {
    root: join(app, "web"),
    configFile: false,
    envDir: false,
    logLevel: "warn",
    plugins: [releaseMeta(sha)],
    build: {
      outDir: join(app, "dist/web"),
      emptyOutDir: true,
      assetsDir: "assets",
      assetsInlineLimit: 0,
      target: "es2022",
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
    },
  };
}

export async function buildWeb(app: string, sha: string): Promise<void> {
  await build(webConfig(app, sha));
}
