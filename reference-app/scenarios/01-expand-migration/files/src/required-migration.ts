/** The newest migration that this code needs. A newer schema is fine: migrations only add. */
export const requiredMigration = "20261118101500_project_colour";
