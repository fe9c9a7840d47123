import type { Digest, Epoch, Instant, Sha } from "./identifiers.ts";
import type { StepReport } from "./ledger/records.ts";
import type { Step } from "./promotion/plan.ts";

/** What happens while a promotion runs. `emit` is synchronous, never throws, never waits; renderers are folds over this. */
export type PromotionEvent =
  | {
      readonly type: "run:start";
      readonly app: string;
      readonly env: string;
      readonly direction: "forward" | "back";
      readonly from: Sha | null;
      readonly to: Sha | null;
      readonly subject: string | null;
      readonly commits: number | null;
      /** Commits of what runs that are left behind. */
      readonly lost: number | null;
      readonly plan: Digest;
      readonly epoch: Epoch;
      readonly by: string;
      readonly resumes: Epoch | null;
      readonly steps: readonly Step[];
    }
  | {
      readonly type: "lease:wait";
      readonly holder: string;
      readonly epoch: Epoch | null;
      readonly until: Instant | null;
    }
  | {
      readonly type: "lease:takeover";
      readonly epoch: Epoch | null;
      readonly holder: string;
      readonly silentSeconds: number;
      readonly quietUntil: Instant;
    }
  | { readonly type: "step:start"; readonly n: number; readonly step: Step; readonly back: boolean }
  | {
      readonly type: "step:progress";
      readonly n: number;
      readonly step: Step;
      readonly back: boolean;
      readonly text: string;
      readonly seconds: number;
      readonly limitSeconds: number | null;
    }
  | { readonly type: "step:log"; readonly n: number; readonly line: string }
  | {
      readonly type: "step:end";
      readonly n: number;
      readonly step: Step;
      readonly back: boolean;
      readonly report: StepReport;
      readonly seconds: number;
    }
  | { readonly type: "turn"; readonly because: string; readonly to: Sha | null; readonly steps: readonly Step[] };
export type EmitPromotion = (event: PromotionEvent) => void;

/** What happens while a release is built and published. */
export type BuildEvent =
  | {
      readonly type: "build:start";
      readonly app: string;
      readonly sha: Sha;
      readonly subject: string;
      readonly branch: string | null;
      /** This commit is checked out, and the work tree does not differ from it. */
      readonly isHead: boolean;
    }
  /** A folder that was built before is published. */
  | { readonly type: "publish:start"; readonly app: string; readonly sha: Sha; readonly subject: string }
  | { readonly type: "build:phase"; readonly phase: BuildPhase; readonly state: "start" }
  | {
      readonly type: "build:phase";
      readonly phase: BuildPhase;
      readonly state: "end";
      readonly summary: string;
      readonly seconds: number;
    }
  | { readonly type: "build:log"; readonly line: string };
export type BuildPhase = "checkout" | "build" | "images" | "web" | "migrations" | "write" | "check" | "publish";
export type EmitBuild = (event: BuildEvent) => void;
