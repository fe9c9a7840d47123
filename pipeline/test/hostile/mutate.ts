/** A generator of numbers below `limit` that a seed repeats (mulberry32). */
export function diceOf(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % Math.max(1, limit);
  };
}

const edges = [0x00, 0x0a, 0x22, 0x5c, 0x7f, 0x80, 0xc3, 0xff];
const longest = 20_000;

/** One to four small changes: what a fuzzer does to bytes, with words of the grammar thrown in. */
export function mutate(
  input: Uint8Array,
  other: Uint8Array,
  words: readonly string[],
  dice: (limit: number) => number,
): Uint8Array {
  let bytes = Buffer.from(input);
  for (let change = dice(4); change >= 0; change -= 1) bytes = once(bytes, other, words, dice);
  return bytes.subarray(0, longest);
}

function once(
  bytes: Buffer<ArrayBuffer>,
  other: Uint8Array,
  words: readonly string[],
  dice: (limit: number) => number,
): Buffer<ArrayBuffer> {
  const at = dice(bytes.length + 1);
  const end = Math.min(bytes.length, at + dice(32));
  const put = (middle: Uint8Array, after = at): Buffer<ArrayBuffer> =>
    Buffer.concat([bytes.subarray(0, at), middle, bytes.subarray(after)]);
  switch (dice(7)) {
    case 0:
      return put(Buffer.from([dice(256)]), Math.min(bytes.length, at + 1));
    case 1:
      return put(Buffer.from([edges[dice(edges.length)] ?? 0]));
    case 2:
      return put(Buffer.alloc(0), end);
    case 3:
      return put(Buffer.from(words[dice(words.length)] ?? ""));
    case 4:
      return put(Buffer.from((words[dice(words.length)] ?? "").repeat(1 + dice(40))), end);
    case 5:
      return put(bytes.subarray(at, end));
    default:
      return put(Buffer.from(other).subarray(dice(other.length)), end);
  }
}

/** The smallest part that still fails, by leaving out ever shorter stretches. */
export async function shrink(input: Uint8Array, fails: (bytes: Uint8Array) => Promise<boolean>): Promise<Uint8Array> {
  let bytes = input;
  for (let length = Math.floor(bytes.length / 2); length >= 1; length = Math.floor(length / 2)) {
    for (let at = 0; at < bytes.length; ) {
      const shorter = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
      if (await fails(shorter)) bytes = shorter;
      else at += length;
    }
  }
  return bytes;
}
