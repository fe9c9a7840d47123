/** Extensions that knex loads, and plain SQL. */
const extension = /\.(?:co|coffee|eg|iced|js|cjs|mjs|litcoffee|ls|ts|cts|mts|sql)$/;

/** A migration's name: its file's, without the extension, because `.ts` in the repository may be `.js` in the image. */
export const migrationName = (file: string): string => file.replace(/^.*\//, "").replace(extension, "");
