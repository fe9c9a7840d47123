import { defineConfig } from "vitest/config";

/** unit needs nothing but Node; local starts processes and Postgres; packed installs tarballs (needs the registry); browser drives Chromium. */
export default defineConfig({
  test: {
    passWithNoTests: false,
    projects: [
      {
        test: {
          name: "unit",
          setupFiles: ["scripts/property-seed.ts"],
          include: ["{pipeline,cli,actions,iac,scripts}/**/*.test.ts"],
          exclude: [
            "**/*.local.test.ts",
            "**/*.packed.test.ts",
            "**/*.browser.test.ts",
            "**/*.integration.test.ts",
            "**/node_modules/**",
            "**/dist/**",
            "**/.slipway/**",
          ],
        },
      },
      {
        test: {
          name: "local",
          include: ["{pipeline,cli,reference-app,scripts}/**/*.local.test.ts", "reference-app/{src,test}/**/*.test.ts"],
          exclude: ["**/node_modules/**", "**/dist/**", "**/.slipway/**"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "packed",
          include: ["**/*.packed.test.ts"],
          exclude: ["**/node_modules/**", "**/dist/**", "**/.slipway/**"],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: "browser",
          include: ["**/*.browser.test.ts"],
          exclude: ["**/node_modules/**", "**/dist/**", "**/.slipway/**"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
