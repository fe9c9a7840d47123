import { expect, test } from "vitest";
import { type ErrorSummary, renderErrorSummary } from "./error-summary.ts";

const anError = (fields: Partial<ErrorSummary> = {}): ErrorSummary => ({
  code: "env-unknown",
  exit: 2,
  verdict: "Usage",
  text: '"stagin" is not an environment of orders (dev, staging, prod). Nothing was changed.',
  facts: [],
  where: null,
  next: [],
  ...fields,
});

test.each([
  {
    name: "what is wrong, and the commands that help",
    error: anError({
      next: ["promote --sha 1f6ac3dc1626e53a13043b026c48bbf33feff924 --env staging", "promote status"],
    }),
    text: `### ✗ env-unknown, exit 2
**Usage** "stagin" is not an environment of orders (dev, staging, prod). Nothing was changed.

Next: \`promote --sha 1f6ac3dc1626e53a13043b026c48bbf33feff924 --env staging\` · \`promote status\`
`,
  },
  {
    name: "each mistake in a file",
    error: anError({
      code: "config-invalid",
      verdict: null,
      where: { file: "slipway.yaml", line: 14 },
      text: "Config: slipway.yaml has 2 problems. Nothing was done.\nslipway.yaml:14:5  soak  write 24h\nslipway.yaml:3:1  apps  is not a key",
    }),
    text: `### ✗ config-invalid, exit 2
Config: slipway.yaml has 2 problems. Nothing was done.

- slipway.yaml:14:5  soak  write 24h
- slipway.yaml:3:1  apps  is not a key
`,
  },
  {
    name: "what was seen, folded, and where it is written",
    error: anError({
      code: "build-failed",
      exit: 4,
      verdict: "Failed",
      text: "the build did not end well.",
      facts: [{ label: "build-failed", fact: "npm ci exited 1", evidence: ["npm error ```", "npm error <b>"] }],
      where: { file: "slipway.yaml", line: 5 },
    }),
    text: `### ✗ build-failed, exit 4
**Failed** the build did not end well.  
**Where** \`slipway.yaml:5\`

**build-failed** npm ci exited 1

<details><summary>Evidence</summary>

\`\`\`\`text
npm error \`\`\`
npm error <b>
\`\`\`\`
</details>
`,
  },
])("an error on the page of a job says $name", ({ error, text }) => {
  expect(renderErrorSummary(error)).toBe(text);
});
