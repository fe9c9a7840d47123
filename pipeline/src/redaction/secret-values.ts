import { parseEnv } from "node:util";

/** Variables with such names hold secrets, whatever they hold. */
const secretName =
  /(SECRET|TOKEN|PASSW(OR)?D|PASSPHRASE|PASSCODE|(^|_)(PIN|OTP)$|CREDENTIAL|PRIVATE|API_?KEY|ACCESS_?KEY|KEY$|DATABASE_URL|CONNECTION_STRING|_DSN$|WEBHOOK)/i;
/** Under a name that tells of no secret: a word, a number, or an address of this machine whose path is a few words. They are in every log. */
const noSecret =
  /^([A-Za-z]{1,19}|\d{1,9}|https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(\/([a-z-]{1,12}|v\d{1,2}))*\/?)$/;

type Variables = Readonly<Record<string, string | undefined>>;

/** Of the variables of a whole process, most of which are nobody's secret: those whose names say so. */
export const secretsByName = (variables: Variables): readonly string[] =>
  Object.entries(variables).flatMap(([name, value]) => (value !== undefined && secretName.test(name) ? [value] : []));

/** Of the variables of a file that is kept out of git: all but those that are plainly none. */
export const secretsOfFile = (variables: Variables): readonly string[] =>
  Object.entries(variables).flatMap(([name, value = ""]) =>
    value === "" || (noSecret.test(value.trim()) && !secretName.test(name)) ? [] : [value],
  );

/** Values of a file of `NAME=value` lines that must not be shown. */
export const valuesOfEnvFile = (text: string): readonly string[] => secretsOfFile(parseEnv(text));
