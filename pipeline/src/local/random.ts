import { randomBytes } from "node:crypto";
import type { Random } from "../ports.ts";

export const systemRandom: Random = {
  nonce: () => randomBytes(16).toString("hex"),
  fraction: () => Math.random(),
};
