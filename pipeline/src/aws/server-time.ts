import type { Client, MetadataBearer } from "@smithy/types";
import { PortError } from "../errors.ts";
import type { Instant } from "../identifiers.ts";

interface Timed {
  serverDate?: string;
}

/** The SDK gives away no header: the `Date` of each answer is kept beside what it does give away. To the second (RFC 9110 §6.6.1). */
export function recordServerTime<Input extends object, Output extends MetadataBearer, Config>(
  client: Client<Input, Output, Config>,
): void {
  client.middlewareStack.add(
    (next) => async (input) => {
      const result = await next(input);
      const { headers } = result.response as { readonly headers?: Readonly<Record<string, string>> };
      const date = headers?.date;
      if (date !== undefined && result.output) (result.output.$metadata as Timed).serverDate = date;
      return result;
    },
    // Outside of what reads the answer.
    { name: "recordServerTime", step: "deserialize", priority: "high" },
  );
}

/** @throws PortError when the answer has no time, as none of S3's is */
export function serverTimeOf(call: string, output: { readonly $metadata: object }): Instant {
  const date = new Date((output.$metadata as Timed).serverDate ?? "");
  if (Number.isNaN(date.getTime())) throw new PortError(call, "possible", "the answer has no Date");
  return date.toISOString() as Instant;
}
