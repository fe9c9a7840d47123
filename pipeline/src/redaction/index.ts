/** What takes secrets out of text. Apart: every call of the command line needs it, and most need nothing else of this package. */
export { type Place, SecretMatcher } from "./secret-matcher.ts";
export { takeOut } from "./take-out.ts";
