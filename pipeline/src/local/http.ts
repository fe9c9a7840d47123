/**
 * Node's HTTP, asked for at run time: an `import` of it reads every property of the module, which makes Node load all of
 * its fetch and WebSocket too, a tenth of a second of each command.
 */
export const http: typeof import("node:http") = process.getBuiltinModule("node:http");
