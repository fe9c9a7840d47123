import * as z from "zod";
import { count, type Described, env, epoch, version } from "./parts/fields.ts";
import { leaseSchema } from "./parts/lease.ts";

const toldSchema = z.strictObject({ env, epoch, migrations: count.describe("Applied until then, by record.") });
const untoldSchema = z.strictObject({ env, because: z.string() });
export const localStopSchema = z
  .strictObject({
    kind: z.literal("local-stop"),
    version,
    stopped: z.boolean().describe("It ran, and does not any more."),
    purged: z.boolean().describe("What its environments stored is gone (--purge)."),
    told: z.array(toldSchema).describe("Environments whose ledgers were told that their databases go."),
    untold: z.array(untoldSchema).describe("Those whose ledgers could not be told."),
    busy: z
      .strictObject({ env, lease: leaseSchema })
      .nullable()
      .describe("Who is changing an environment, so that nothing was removed; null: nobody."),
    exit: z.literal([0, 5]).describe("Exit code of the call."),
  })
  .describe("The platform of this machine does not run any more (promote local stop).");
export type LocalStopDocument = Described<typeof localStopSchema>;
export type ToldEnvironment = Described<typeof toldSchema>;
export type UntoldEnvironment = Described<typeof untoldSchema>;
