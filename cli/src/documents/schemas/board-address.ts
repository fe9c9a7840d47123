import * as z from "zod";
import { type Described, version } from "./parts/fields.ts";

export const boardAddressSchema = z
  .strictObject({
    kind: z.literal("board-address"),
    version,
    app: z.string(),
    url: z.string().describe("Where the board is, on this machine alone."),
  })
  .describe("The board can be asked; the call goes on until it is stopped, and prints nothing more (promote board).");
export type BoardAddressDocument = Described<typeof boardAddressSchema>;
