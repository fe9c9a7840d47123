import { describeFaults } from "./describe-faults.ts";
import { failingMigration } from "./scenarios.ts";

describeFaults(failingMigration);
