import type { Ladder } from "./ladder.ts";

/*
 * Commits, days, hours, minutes, logins, epochs and all words of a session are what was printed. Of a real run these cannot be fixed, and are put
 * in place here: how long something took, seconds of a time of day, process numbers, memory, the folder and the ports of this machine, and digests,
 * which depend on the platform that images are built for. What takes their place has the same width; times at the end of a line keep the column
 * in which they end. Equal digests stay equal within one transcript: they are numbered as they come.
 */

const rules: readonly (readonly [pattern: RegExp, instead: string | ((...found: string[]) => string)])[] = [
  [/\/[^\s"]*\/slipway-sessions-\w{6}/g, "/tmp/slipway-sessions-000000"],
  [/\bpid \d+/g, "pid 00000"],
  // A busy machine may have started one again.
  [/\b\d+ restarts? +/g, "0 restarts   "],
  [/\b\d+ MB$/gm, "000 MB"],
  [/\d+\.\d GiB/g, "00.0 GiB"],
  [/\b(ports? +)\d{5}\b/g, (_, label) => `${label}00000`],
  [/\bup [^;\n]+;/g, "up 0 s;"],
  [/\b\d{20}\b/g, "0".repeat(20)],
  // ISO, then a time of day in UTC.
  // A runner of migrations has the machine's clock.
  [/\b\d\d:\d\d:\d\dZ (?=run, |up |rolled back|none pending)/g, "00:00:00Z "],
  [/"(pid|port|memoryBytes)":\d+/g, '"$1":0'],
  [/"text":"\d{5}"/g, '"text":"00000"'],
  [/\\"milliseconds\\":\d+/g, '\\"milliseconds\\":0'],
  [/(\d\d:\d\d):\d\d(?= \+01:00)/g, "$1:00"],
  [/\bran (\d+) min \d\d s/g, "ran $1 min 00 s"],
  [/(T\d\d:\d\d):\d\d\.\d{3}Z/g, "$1:00.000Z"],
  [/(T\d\d:\d\d):\d\dZ/g, "$1:00Z"],
  [/\b(\d\d:\d\d):\d\dZ/g, "$1:00Z"],
  [
    /"(seconds|milliseconds|uptimeSeconds|tookSeconds|ageSeconds|silentSeconds|heartbeatSecondsAgo|observedSeconds)":\s*[\d.]+/g,
    '"$1":0',
  ],
  [/\b(Done|Waited) (in )?\d+(\.\d)? s/g, "$1 $20.0 s"],
  [/\(\d+\.\d s\)/g, "(0.0 s)"],
  // A column of times: it ends where it ended.
  [/ +\d+\.\d s$/gm, (found: string) => "0.0 s".padStart(found.length)],
  [/ {3}\d+ s$/gm, "   0.0 s"],
  [/\d+ s(?= ago|, limit|, usually)/g, "0 s"],
  [/usually \d+ s/g, "usually 0 s"],
  [/\b(for|heartbeat) \d+ s/g, "$1 0 s"],
  [/after \d+\.\d s/g, "after 0.0 s"],
  [/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/g, "⠋"],
];

/** Of one transcript. */
export class Normaliser {
  readonly #ladder: Pick<Ladder, "port">;
  readonly #digests = new Map<string, string>();

  constructor(ladder: Pick<Ladder, "port">) {
    this.#ladder = ladder;
  }

  normalise(text: string): string {
    const ported = text.replace(
      /127\.0\.0\.1:(\d{5})/g,
      (_, port) => `127.0.0.1:${46_000 + Number(port) - this.#ladder.port}`,
    );
    const ruled = rules.reduce((line, [pattern, instead]) => line.replace(pattern, instead as string), ported);
    return ruled.replace(/(?<![0-9a-f])(?:[0-9a-f]{64}|[0-9a-f]{12})(?![0-9a-f])/g, (digest) => this.#numbered(digest));
  }

  #numbered(digest: string): string {
    const key = digest.slice(0, 12);
    const known = this.#digests.get(key) ?? String(this.#digests.size + 1).padStart(12, "d00000000000");
    this.#digests.set(key, known);
    return known.padEnd(digest.length, "0");
  }
}
