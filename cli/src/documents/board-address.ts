import type { BoardAddressDocument } from "./schemas/board-address.ts";

/** Printed once the board can be asked; the verb goes on until it is stopped. */
export const boardAddressDocument = (app: string, url: string): BoardAddressDocument => ({
  kind: "board-address",
  version: 1,
  app,
  url,
});
