/** What takes secrets out of text. Apart: every call of the command line needs it, and most need nothing else of this package. */
export { formsOf, shortest } from "./secret-forms.ts";
export { type Place, SecretMatcher } from "./secret-matcher.ts";
export { secretsByName, valuesOfEnvFile } from "./secret-values.ts";
export { takeOut } from "./take-out.ts";
