import { expect, test } from "vitest";
import { judgeDisk } from "./examine-disk.ts";

const mebibyte = 1024 ** 2;

test.each([
  { name: "plenty", free: 41.49 * 1024 * mebibyte, verdict: "ok", says: "41.4 GiB free" },
  { name: "just enough", free: 512 * mebibyte, verdict: "ok", says: "512 MiB free" },
  { name: "a byte too little", free: 512 * mebibyte - 1, verdict: "no", says: "511 MiB free" },
  { name: "nothing", free: 0, verdict: "no", says: "0 MiB free" },
])("says what is free beside what is needed: $name", ({ free, verdict, says }) => {
  const text = `${says} where the store is, at least 512 MiB needed`;
  expect(judgeDisk(free)).toMatchObject({ about: "disk", verdict, text });
});

test("a file system that does not say how much is free is no fault", () => {
  expect(judgeDisk(null)).toMatchObject({ verdict: "ok", text: expect.stringContaining("does not say") });
});
