import { BrokenChainError, UserError } from "@slipway/pipeline";

/** What is stored of one environment and cannot be read is an answer about that one, not about the others. */
export async function ifReadable<T>(
  look: () => Promise<T>,
  otherwise: (error: UserError | BrokenChainError) => T,
): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof BrokenChainError || (error instanceof UserError && error.code === "store-unusable"))
      return otherwise(error);
    throw error;
  }
}
