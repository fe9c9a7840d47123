import type { Approval } from "@slipway/pipeline";
import type { ApprovalDocument } from "./schemas/approval.ts";

export const approvalDocument = (outcome: "approved" | "already", approval: Approval): ApprovalDocument => ({
  kind: "approval",
  version: 1,
  env: approval.environment,
  sha: approval.sha,
  plan: approval.planHash.replace(/^sha256:/, ""),
  outcome,
  by: approval.actor.name,
  at: approval.at,
  expiresAt: approval.expiresAt,
  exit: 0,
});

export const revocationDocument = (
  fields: Pick<ApprovalDocument, "env" | "sha" | "plan" | "by"> & { readonly outcome: "revoked" | "none" },
): ApprovalDocument => ({ kind: "approval", version: 1, ...fields, at: null, expiresAt: null, exit: 0 });
