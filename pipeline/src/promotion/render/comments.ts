/** Plans, results and errors as comments and job summaries of GitHub. Pure: plain data in, text out. */
export { renderErrorSummary } from "./error-summary.ts";
export { renderPlanComment } from "./plan-comment.ts";
export { renderResultComment } from "./result-comment.ts";
