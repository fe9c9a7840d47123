import * as z from "zod";
import { isAlive } from "../guard/process-identity.ts";
import { readIfThere } from "./durable-file.ts";

const addressSchema = z.object({
  version: z.literal(1),
  pid: z.number().int().positive(),
  startedAt: z.string(),
  socket: z.string(),
});
/** `platform.json`: where the platform of a folder is reached. */
export type PlatformAddress = z.infer<typeof addressSchema>;

/** Null when no platform of this folder lives: the file outlives a killed one, its process does not. */
export async function livingAddress(addressFile: string): Promise<PlatformAddress | null> {
  const address = await readAddress(addressFile);
  return address !== null && (await isAlive(address)) ? address : null;
}

export async function readAddress(addressFile: string): Promise<PlatformAddress | null> {
  try {
    const text = await readIfThere(addressFile);
    return text === null ? null : addressSchema.parse(JSON.parse(text));
  } catch {
    // Torn, or something else in its place: nobody is reached by it.
    return null;
  }
}
