import type { MiddlewareStack } from "@smithy/types";
import type { Permit } from "../ports.ts";
import { becauseOf } from "./aws-error.ts";

interface Sendable {
  // biome-ignore lint/suspicious/noExplicitAny: of whatever goes in and comes out
  readonly middlewareStack: MiddlewareStack<any, any>;
}

/**
 * Asks the permit for each attempt that the SDK makes, after it was signed and right before it leaves (protocol R11). `attempts` 1: for what
 * cannot be fenced, which is looked at before it is asked for again.
 */
export function underPermit<C extends Sendable>(command: C, permit: Permit, attempts = Number.POSITIVE_INFINITY): C {
  let made = 0;
  let failed: unknown = null;
  command.middlewareStack.add(
    // biome-ignore lint/suspicious/noExplicitAny: as above
    (next: (input: any) => Promise<any>) => async (input: any) => {
      permit.check();
      // Nothing that the SDK would repeat once more.
      if (made === attempts) throw new Error(`not answered: ${becauseOf(failed)}`);
      made += 1;
      return await next(input).catch((error: unknown) => {
        failed = error;
        throw error;
      });
    },
    { name: "underPermit", step: "deserialize", priority: "low" },
  );
  return command;
}
