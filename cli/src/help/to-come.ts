/** Codes of parts that are not there yet: the migration gate, provenance, alarms and accounts of AWS. Each goes from here with its part. */
export const codesToCome: ReadonlySet<string> = new Set([
  "account",
  "alarm",
  "attestation",
  "credentials",
  "migration-undeclared",
  "migration-unsafe",
]);
