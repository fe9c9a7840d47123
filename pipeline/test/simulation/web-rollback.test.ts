import { describeFaults } from "./describe-faults.ts";
import { webRollback } from "./scenarios.ts";

describeFaults(webRollback);
