import type { Clock, Sha } from "@slipway/pipeline";
import { expect, test } from "vitest";
import { fakeShell } from "../../test/fake-shell.ts";
import { screenOf } from "../../test/fake-terminal.ts";
import { Output } from "../output.ts";
import { BuildRenderer } from "./build-lines.ts";

const sha = "1f6ac3dc1626e53a13043b026c48bbf33feff924" as Sha;

test.each([
  { branch: "main", isHead: true, says: "on main, work tree clean" },
  { branch: null, isHead: true, says: "detached, work tree clean" },
  { branch: "main", isHead: false, says: "not the commit that is checked out" },
])("a build begins with the commit, and how the folder stands to it: $says", ({ branch, isHead, says }) => {
  const shell = fakeShell();
  const renderer = new BuildRenderer(new Output(shell, { form: "text", plain: true }), {} as Clock);
  renderer.show({ type: "build:start", app: "chronoledger", sha, subject: "Add project colour", branch, isHead });
  renderer.end();
  expect(screenOf(shell.err()).trimEnd()).toBe(`chronoledger ${sha} "Add project colour", ${says}`);
});
