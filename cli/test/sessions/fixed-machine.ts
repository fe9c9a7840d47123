import { syncBuiltinESMExports } from "node:module";
import os from "node:os";

/*
 * Loaded before the command line by `--import`: the machine, the login and the time of a session are fixed, so that what is shown can be compared
 * letter by letter. The clock starts at SESSION_NOW and runs on; monotonic time is the machine's own.
 */

const { SESSION_NOW, SESSION_LOGIN } = process.env;

if (SESSION_LOGIN) {
  os.hostname = () => "laptop";
  os.userInfo = () => ({ uid: 1000, gid: 1000, username: SESSION_LOGIN, homedir: "/", shell: null }) as never;
  syncBuiltinESMExports();
}

if (SESSION_NOW) {
  const MachineDate = Date;
  const ahead = MachineDate.parse(SESSION_NOW) - MachineDate.now();
  const now = (): number => MachineDate.now() + ahead;
  globalThis.Date = new Proxy(MachineDate, {
    construct: (target, given) => new target(...((given.length === 0 ? [now()] : given) as [number])),
    get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
  });
}
