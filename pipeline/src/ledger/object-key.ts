const longestKey = 512;
const segmentPattern = /^(?!\.{1,2}$)[A-Za-z0-9!_.'()=+,@:~-]+$/;

/**
 * The grammar of keys that every store takes: segments of safe characters between single slashes, none of them `.` or
 * `..`, 512 characters at most. Whoever makes a key from input has parsed that input; a key that fails here is a bug.
 * @throws RangeError
 */
export function checkKey(key: string): string {
  if (key.length > longestKey || !key.split("/").every((segment) => segmentPattern.test(segment))) {
    throw new RangeError(`not a key of an object store: ${JSON.stringify(key.slice(0, 100))}`);
  }
  return key;
}

/** A prefix may be empty, and may end anywhere in a segment. @throws RangeError */
export function checkPrefix(prefix: string): string {
  if (prefix !== "") checkKey(`${prefix}x`);
  return prefix;
}
