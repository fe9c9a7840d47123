/*
 * Loaded before the command line by `--import`: when the line of the step that SESSION_HOLD names is first drawn as under way, everything stands
 * still for a moment, so that a key can be pressed while just that step is under way. A terminal is written to at once, so the line is seen.
 */

const { SESSION_HOLD } = process.env;
/** Less than the lease of this machine allows between two beats. */
const heldMilliseconds = 250;

if (SESSION_HOLD) {
  const underWay = new RegExp(`[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] ${SESSION_HOLD}`);
  const write = process.stderr.write.bind(process.stderr);
  let isHeld = false;
  process.stderr.write = ((text: string) => {
    const written = write(text);
    if (!isHeld && underWay.test(text)) {
      isHeld = true;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, heldMilliseconds);
    }
    return written;
  }) as typeof process.stderr.write;
}
