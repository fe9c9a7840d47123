import * as z from "zod";
import type { EnvironmentName } from "../identifiers.ts";
import type { ControlClient } from "./control-client.ts";
import { portField } from "./platform/fields.ts";

/** `site` of a local target. */
export const localSiteSchema = z.strictObject({ port: portField });

/** Where the ports of one environment send what they are asked. */
export interface LocalSite {
  readonly client: ControlClient;
  readonly environment: EnvironmentName;
  /** Of the environment's router. */
  readonly port: number;
}
