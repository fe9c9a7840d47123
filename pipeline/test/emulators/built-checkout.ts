import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { checkoutIn } from "../../src/local/checkout.ts";
import type { Checkout } from "../../src/release/build-ports.ts";

/** A checkout as a build leaves it, written anew each time: other times, and modes of another umask. */
export function aBuiltCheckout(
  folder: string,
  files: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, string | undefined>>,
  mode = 0o644,
): { readonly root: string; readonly checkout: Checkout } {
  const root = mkdtempSync(join(folder, "checkout-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    chmodSync(join(root, path), mode);
  }
  return { root, checkout: checkoutIn(root, 0, { variables, redact: (text) => text.replaceAll("hunter2", "***") }) };
}
