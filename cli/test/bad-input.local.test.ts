import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fakeShell } from "./fake-shell.ts";
import { front } from "./front.ts";
import { ScratchApp } from "./scratch-app.ts";

const unpublished = "0123456789abcdef0123456789abcdef01234567";
let app: ScratchApp;
let sha = "";

beforeAll(async () => {
  app = await ScratchApp.create();
  sha = app.commit("First");
  const built = await app.promote(["build"]);
  if (built.exit !== 0) throw new Error(built.err);
}, 60_000);
afterAll(() => app.remove(), 60_000);

async function call(argv: readonly string[], folder = app.root) {
  const shell = fakeShell({ folder });
  const exit = await front([...argv, "--json"], shell);
  return {
    exit,
    document: JSON.parse(shell.out()) as { code?: string; reasons?: { code: string }[]; message?: string },
  };
}

/** `S` stands for the published release. */
const inputs: readonly (readonly [argv: string, exit: number, code: string])[] = [
  ["--sha HEAD --env dev", 2, "sha-malformed"],
  ["--sha main --env dev", 2, "sha-malformed"],
  ["--sha nosuchbranch --env dev", 2, "sha-malformed"],
  ["--sha 0123456 --env dev", 2, "sha-short"],
  ["--sha --upload-pack=x --env dev", 2, "sha-malformed"],
  [`--sha ${unpublished} --env dev`, 3, "release-missing"],
  ["--sha S --env stagin", 2, "env-unknown"],
  ["--sha S --env DEV", 2, "env-unknown"],
  ["--sha S --env __proto__", 2, "env-unknown"],
  ["--sha S --env dev/../prod", 2, "env-unknown"],
  ["--sha S --env staging", 3, "order"],
  ["--sha S --env prod", 3, "order"],
  ["--sha S --env dev --expect 0123456789ab", 3, "plan-moved"],
  ["--sha S --env dev --override quarantined --reason x", 2, "override-not-allowed"],
  ["--sha S --env dev --override plan-moved --reason x", 2, "override-not-allowed"],
  ["--sha S --env dev --override , --reason x", 2, "usage"],
  ["plan --sha HEAD --env dev", 2, "sha-malformed"],
  [`plan --sha ${unpublished} --env dev`, 3, "release-missing"],
  ["plan --sha S --env nowhere", 2, "env-unknown"],
  ["plan --env dev --rollback", 3, "never-ran"],
  ["explain --sha S --env nowhere", 2, "env-unknown"],
  ["explain --sha main --env dev", 2, "sha-malformed"],
  ["explain --sha S --env dev --rollback", 2, "usage"],
  ["approve --sha S --env dev --expect 0123456789ab", 2, "usage"],
  ["approve --sha S --env prod", 2, "usage"],
  ["approve --sha S --env prod --expect 0123456789ab", 3, "plan-moved"],
  ["rollback --env dev --yes", 3, "never-ran"],
  [`rollback --env dev --to ${unpublished}`, 3, "release-missing"],
  ["rollback --env dev --to HEAD~1", 2, "sha-malformed"],
  ["rollback --env nowhere --yes", 2, "env-unknown"],
  ["hold --env nowhere --reason x", 2, "env-unknown"],
  ["hold --env dev --lift --reason x", 2, "usage"],
  [`quarantine --sha ${unpublished} --reason x`, 2, "usage"],
  ["quarantine --sha S", 2, "reason-missing"],
  ["verify --sha HEAD", 2, "sha-malformed"],
  ["verify --env nowhere", 2, "env-unknown"],
  ["history --env nowhere", 2, "env-unknown"],
  ["history --env dev --epoch 9", 2, "usage"],
  ["lock --env nowhere", 2, "env-unknown"],
  ["lock break --env dev", 2, "reason-missing"],
  ["local start --env nowhere", 2, "env-unknown"],
  ["local restart", 2, "usage"],
  ["build --sha HEAD", 2, "sha-malformed"],
  [`build --sha ${unpublished}`, 2, "usage"],
  ["build --sha fffffff", 2, "sha-malformed"],
  ["build --image api=repository@sha256:1", 2, "usage"],
  ["build --out src", 2, "usage"],
  ["build --out slipway.yaml", 2, "usage"],
  ["publish --from out", 2, "usage"],
  ["publish --from out --digest 8d21f6b0c3e7", 2, "usage"],
  [`publish --from out --digest sha256:${"0".repeat(64)}`, 3, "release-corrupt"],
  ["init", 2, "config-exists"],
  ["status --env nowhere", 2, "env-unknown"],
  ["status --config missing.yaml", 2, "config-missing"],
  ["status --config src", 2, "config-invalid"],
  ["status --store s3://bucket/../prefix", 2, "store-unusable"],
  ["status --local --store s3://bucket/prefix", 2, "store-unusable"],
  ["status --store https://example.com", 2, "store-unusable"],
  ["status --store empty --config nowhere.yaml", 2, "config-missing"],
];

describe("input that nobody should trust", () => {
  it.each(inputs)("promote %s ends with exit %i, %s, and the store as it was", async (argv, exit, code) => {
    const before = app.listing();
    const ran = await call(argv.split(" ").map((word) => (word === "S" ? sha : word)));
    expect({ exit: ran.exit, code: ran.document.code ?? ran.document.reasons?.map((reason) => reason.code) }).toEqual({
      exit,
      code: ran.document.code === undefined ? expect.arrayContaining([code]) : code,
    });
    expect(app.listing()).toEqual(before);
  });

  it("names what a ref is now, with the whole command", async () => {
    const shell = fakeShell({ folder: app.root });
    expect(await front(["--sha", "HEAD", "--env", "dev"], shell)).toBe(2);
    expect(shell.err()).toBe(
      `Usage: --sha takes a commit SHA; "HEAD" is a name that moves. It is ${sha.slice(0, 7)} now.\nNext   promote --sha ${sha} --env dev\n`,
    );
  });

  it("suggests the nearest environment with the whole command", async () => {
    const shell = fakeShell({ folder: app.root });
    expect(await front(["--sha", sha, "--env", "stagin"], shell)).toBe(2);
    expect(shell.err()).toBe(
      `Usage: "stagin" is not an environment of tiny (dev, staging, prod). Nothing was changed.\nNext   promote --sha ${sha} --env staging\n`,
    );
  });

  it("takes seven digits on a terminal and says what they became", async () => {
    const shell = fakeShell({ folder: app.root, isTerminal: true });
    expect(await front(["explain", "--sha", sha.slice(0, 7), "--env", "staging"], shell)).toBe(3);
    expect(shell.err()).toContain(`${sha.slice(0, 7)} is ${sha} "First"\n`);
  });

  it("lists every problem of a configuration at once", async () => {
    app.write("bad.yaml", "version: 1\napp: Tiny\nenvironments: { dev: { soak: 24 } }\n");
    const shell = fakeShell({ folder: app.root });
    expect(await front(["status", "--config", "bad.yaml"], shell)).toBe(2);
    const [headline, ...lines] = shell.err().trimEnd().split("\n");
    expect(headline).toBe("Config: bad.yaml has 3 problems. Nothing was done.");
    expect(lines.map((line) => line.split("  ")[0])).toEqual(["bad.yaml:1:1", "bad.yaml:2:1", "bad.yaml:3:24"]);
  });

  it("refuses a dirty tree, and a commit without slipway.yaml, before anything is published", async () => {
    const before = app.listing();
    app.write("src/new.mjs", "");
    expect(await call(["build"])).toMatchObject({ exit: 3, document: { code: "tree-dirty" } });
    expect(app.listing()).toEqual(before);
  });
});
