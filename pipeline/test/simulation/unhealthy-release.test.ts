import { describeFaults } from "./describe-faults.ts";
import { unhealthyRelease } from "./scenarios.ts";

describeFaults(unhealthyRelease);
