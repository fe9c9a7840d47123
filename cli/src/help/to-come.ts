/** Codes of parts that are not there yet: the migration gate, provenance and alarms. Each goes from here with its part. */
export const codesToCome: ReadonlySet<string> = new Set([
  "alarm",
  "attestation",
  "migration-undeclared",
  "migration-unsafe",
]);
