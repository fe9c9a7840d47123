import { serviceOf } from "../../test/builders.ts";
import {
  goingBackContract,
  type ServiceWorld,
  serviceRuntimeContract,
} from "../../test/contract/service-runtime.contract.ts";
import { taskRunnerContract } from "../../test/contract/task-runner.contract.ts";
import { webHostContract } from "../../test/contract/web-host.contract.ts";
import { permitOf, usePlatform } from "../../test/platform-fixture.ts";
import { tinyService, tinyShape } from "../../test/tiny-service.ts";
import { sha256 } from "../release/canonical-json.ts";

const platform = usePlatform();
/** Tests share one environment: whatever must not meet has a number of its own. */
let count = 0;

const openServices = async (): Promise<ServiceWorld> => {
  count += 1;
  const { services } = await platform.ports();
  const image = await platform.image(tinyService());
  return {
    services,
    permit: permitOf(1_000),
    shape: tinyShape({ name: serviceOf(`service-${count}`), paths: [`/s${count}/*`], drainTimeoutSeconds: 1 }),
    good: await platform.revision(`a${count}`, image),
    better: await platform.revision(`b${count}`, await platform.image({ ...tinyService(), "notes.txt": "better" })),
    bad: await platform.revision(`c${count}`, await platform.image(tinyService("exits"))),
  };
};
serviceRuntimeContract("the local platform", openServices);
goingBackContract("the local platform", openServices);

const task = `
console.log("hello"); console.log(process.env.WORD ?? "");
const does = process.argv[2];
if (does === "ill") process.exitCode = 4;
if (does === "long") setInterval(() => undefined, 1_000);
`;
taskRunnerContract("the local platform", async () => {
  const { tasks } = await platform.ports();
  return {
    tasks,
    permit: permitOf(1_000),
    async order(does) {
      count += 1;
      const image = await platform.image({ "task.cjs": task });
      const template = await platform.template();
      return { key: `key-${count}`, image, command: ["node", "task.cjs", does], template, environment: {} };
    },
  };
});

webHostContract("the local platform", async () => {
  count += 1;
  const { web } = await platform.ports();
  const firstEpoch = 1_000 + count * 10;
  const named = (name: string) => ({
    [`assets/${name}-${count}.js`]: { role: "asset" as const, text: `// ${name} ${count}` },
    "index.html": { role: "entry" as const, text: `<script src="/assets/${name}-${count}.js"></script>` },
  });
  const other = "// other bytes";
  return {
    web,
    permit: (step) => permitOf(firstEpoch + step),
    one: await platform.web(`d${count}`, named("one")),
    two: await platform.web(`e${count}`, named("two")),
    clash: { path: `assets/one-${count}.js`, sha256: sha256(other), bytes: other.length, role: "asset" },
  };
});
