import { describeFaults } from "./describe-faults.ts";
import { rollback } from "./scenarios.ts";

describeFaults(rollback);
