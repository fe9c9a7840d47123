import { describeFaults } from "./describe-faults.ts";
import { firstPromotion } from "./scenarios.ts";

describeFaults(firstPromotion);
