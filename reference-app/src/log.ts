import { destination, type Logger, pino, stdTimeFunctions } from "pino";
import type { Config } from "./config.ts";

export type Log = Logger;

/** JSON lines on stdout, each written before the call returns: the last words of a process that dies are in order and whole. */
export function createLog(service: string, level: Config["logLevel"] = "info"): Log {
  const options = {
    level,
    base: { service },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(options, destination({ dest: 1, sync: true }));
}
