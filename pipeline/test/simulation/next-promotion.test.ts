import { describeFaults } from "./describe-faults.ts";
import { nextPromotion } from "./scenarios.ts";

describeFaults(nextPromotion);
