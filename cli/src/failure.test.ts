import {
  BrokenChainError,
  DeposedError,
  type EnvironmentName,
  LeaseLostError,
  PortError,
  RefusalError,
  UnreadableObjectError,
  UserError,
} from "@slipway/pipeline";
import { describe, expect, it } from "vitest";
import { errorDocument, failureOf } from "./failure.ts";

describe("whatever is thrown", () => {
  it.each([
    [
      "a mistake in the call",
      new UserError({ code: "sha-malformed", message: "--sha is odd" }),
      "sha-malformed",
      2,
      "Usage",
      "--sha is odd. Nothing was changed.",
    ],
    [
      "a configuration that does not load",
      new UserError({
        code: "config-invalid",
        message: "Config: x has 1 problem. Nothing was done.\nx:1:1  app  is odd",
      }),
      "config-invalid",
      2,
      null,
      "Config: x has 1 problem. Nothing was done.\nx:1:1  app  is odd",
    ],
    [
      "a folder that this user may not write",
      Object.assign(new Error("EACCES: permission denied"), {
        code: "EACCES",
        syscall: "mkdir",
        path: "/srv/.slipway",
      }),
      "store-unusable",
      2,
      "Usage",
      "mkdir of /srv/.slipway is not permitted here (EACCES). Give this user the permission, and run the same command again.",
    ],
    [
      "a disk that is full",
      Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC", syscall: "write" }),
      "store-unusable",
      2,
      "Usage",
      "ENOSPC: no space left on device, write. Make room on the disk, and run the same command again.",
    ],
    [
      "a stored thing that cannot be read",
      new UnreadableObjectError("policy.json", "is a folder where a file belongs"),
      "could-not-tell",
      7,
      "Unknown",
      "get policy.json: it is a folder where a file belongs. Put the file back from a copy; asking again will not help.",
    ],
    [
      "a planned no",
      new RefusalError({ code: "build-differs", message: "other bytes. It stays." }),
      "build-differs",
      3,
      "Refused",
      "other bytes. It stays.",
    ],
    [
      "what was tried and failed",
      new RefusalError({ code: "build-failed", message: "npm ci exited 1" }),
      "build-failed",
      4,
      "Failed",
      "npm ci exited 1. Nothing was changed.",
    ],
    [
      "a port without an answer",
      new PortError("store.get", "none", "timed out"),
      "could-not-tell",
      7,
      "Unknown",
      "store.get: timed out. Run the same command again.",
    ],
    [
      "a lost lease",
      new LeaseLostError("the last beat is 30 s old"),
      "lease-lost",
      7,
      "Unknown",
      "the last beat is 30 s old. Run the same command again.",
    ],
    [
      "a later epoch",
      new DeposedError(19),
      "superseded",
      5,
      "Superseded",
      "epoch 19 has taken over. This run wrote nothing more.",
    ],
    [
      "a broken ledger",
      new BrokenChainError("dev" as EnvironmentName, 3, "it is missing"),
      "store-unusable",
      2,
      "Usage",
      "the ledger of dev is broken at record 3: it is missing. Nothing was changed.",
    ],
    [
      "anything else",
      new TypeError("x is undefined"),
      "bug",
      1,
      "Bug",
      expect.stringMatching(/^x is undefined\. This is ours\./),
    ],
  ])("has a verdict and an exit code: %s", (_name, error, code, exit, verdict, text) => {
    const failure = failureOf(error);
    expect(failure).toMatchObject({ code, exit, message: { verdict, text } });
    expect(errorDocument(failure)).toMatchObject({ kind: "error", version: 1, code, exit });
    expect(failure.stack !== null).toBe(code === "bug");
  });

  it("shows no secret, and hands commands on without remarks", () => {
    const error = new RefusalError({
      code: "build-failed",
      message: "failed with hunter22",
      evidence: ["line of hunter22", "another hunter22"],
      next: ["promote build  # once it is mended"],
    });
    const failure = failureOf(error, (text) => text.replaceAll("hunter22", "***"));
    expect(JSON.stringify(failure)).not.toContain("hunter22");
    expect(failure.message.blocks).toEqual([{ label: "build-failed", fact: "line of ***", evidence: ["another ***"] }]);
    expect(errorDocument(failure).next).toEqual(["promote build"]);
  });
});
