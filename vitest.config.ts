import { defineConfig } from "vitest/config";

/**
 * unit needs nothing but Node, and takes every core; local starts processes and Postgres; packed installs tarballs (needs the registry); browser
 * drives Chromium; terminal types on pseudo-terminals and waits: minutes, npm run test:terminal; aws asks emulators (npm run test:setup). One
 * project after the other.
 */
export default defineConfig({
  test: {
    passWithNoTests: false,
    projects: [
      {
        test: {
          name: "unit",
          maxWorkers: "100%",
          sequence: { groupOrder: 0 },
          testTimeout: 20_000,
          setupFiles: ["scripts/property-seed.ts"],
          include: ["{pipeline,cli,actions,iac,scripts}/**/*.test.ts"],
          exclude: [
            "**/*.local.test.ts",
            "**/*.packed.test.ts",
            "**/*.browser.test.ts",
            "**/*.terminal.test.ts",
            "**/*.aws.test.ts",
            "**/node_modules/**",
            "**/dist/**",
            "**/.slipway/**",
          ],
        },
      },
      {
        test: {
          name: "local",
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          include: ["{pipeline,cli,reference-app,scripts}/**/*.local.test.ts", "reference-app/{src,test}/**/*.test.ts"],
          exclude: ["**/node_modules/**", "**/dist/**", "**/.slipway/**"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "packed",
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
          include: ["**/*.packed.test.ts"],
          exclude: ["**/node_modules/**", "**/dist/**", "**/.slipway/**"],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: "aws",
          maxWorkers: 1,
          sequence: { groupOrder: 5 },
          include: ["**/*.aws.test.ts"],
          exclude: ["**/node_modules/**", "**/dist/**", "**/.slipway/**"],
          globalSetup: ["pipeline/test/emulators/start-emulators.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "terminal",
          // Each file has a ladder of its own, and waits most of its time.
          maxWorkers: 2,
          sequence: { groupOrder: 4 },
          include: ["**/*.terminal.test.ts"],
          exclude: ["**/node_modules/**", "**/dist/**", "**/.slipway/**"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "browser",
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
          include: ["**/*.browser.test.ts"],
          exclude: ["**/node_modules/**", "**/dist/**", "**/.slipway/**"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
