import { front as bareFront } from "../src/front.ts";
import { checkPrinted } from "./check-documents.ts";
import type { FakeShell } from "./fake-shell.ts";

/** The command line in this process; what it prints for programs is held against the published schemas. */
export async function front(argv: readonly string[], shell: FakeShell): Promise<number> {
  const before = shell.out().length;
  const exit = await bareFront(argv, shell);
  checkPrinted(argv, shell.out().slice(before), exit);
  return exit;
}
