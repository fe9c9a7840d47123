/** An answer of 4xx, as the SDK throws it. */
export function refusal(name: string, message: string, status = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status, attempts: 1 } });
}
