import { type EnvironmentPorts, PortError, RefusalError, UserError } from "@slipway/pipeline";
import type { Session } from "../session.ts";

/**
 * For who looks at several environments: one that these credentials do not open, as dev's do not open prod, is not known,
 * which is no end of the look at the others.
 */
export const lookingOnly = (session: Session): Session => ({
  ...session,
  connect: async (target, revive) => {
    try {
      return await session.connect(target, revive);
    } catch (error) {
      const because = whyClosed(error);
      if (because === null) throw error;
      return silentPorts(because);
    }
  },
});

/** Null: an error of another kind. */
function whyClosed(error: unknown): PortError | null {
  if (error instanceof PortError) return error;
  const isRefused = error instanceof RefusalError && error.code === "account";
  if (isRefused) return new PortError("connect", "none", [error.message, error.evidence[0]].join(": "));
  if (!(error instanceof UserError && error.code === "credentials")) return null;
  return new PortError("connect", "none", error.message);
}

/** Whatever they are asked, they say why they cannot tell. */
function silentPorts(because: PortError): EnvironmentPorts {
  const silent = (): Promise<never> => Promise.reject(because);
  const pollMilliseconds = 0;
  return {
    images: { inspect: silent, pin: silent },
    services: { inspect: silent, prepare: silent, roll: silent, stop: silent, retire: silent, pollMilliseconds },
    tasks: { start: silent, inspect: silent, log: silent, stop: silent, pollMilliseconds },
    web: {
      readLive: silent,
      missing: silent,
      addAssets: silent,
      raiseFence: silent,
      switchTo: silent,
      invalidate: silent,
      isInvalidated: silent,
      pollMilliseconds,
    },
    probe: { ask: async () => "unreachable" },
    raiseFence: silent,
    longestRequestMilliseconds: 0,
  };
}
