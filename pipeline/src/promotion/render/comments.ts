/** Plans and results as comments and job summaries of GitHub. Pure: plain data in, text out. */
export { renderPlanComment } from "./plan-comment.ts";
export { renderResultComment } from "./result-comment.ts";
