import { appendFileSync } from "node:fs";

export interface Guarantee {
  readonly promise: string;
  readonly tries: number;
  readonly unit: string;
  readonly failures: number;
  readonly seconds: number;
}

/** One line for the page of guarantees, where somebody collects them. */
export function tell(guarantee: Guarantee): void {
  const file = process.env.SLIPWAY_GUARANTEES;
  if (file) appendFileSync(file, `${JSON.stringify(guarantee)}\n`);
}
