import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Config } from "./config.ts";
import { type Detection, detectConfig, type RepositoryLook } from "./detect.ts";
import { configError, parseConfig } from "./load.ts";

const samples = fileURLToPath(new URL("../../test/sample-repositories/", import.meta.url));

function sample(name: string): RepositoryLook {
  const root = `${samples}${name}/`;
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = entries.map((entry) => `${entry.parentPath}/${entry.name}`.replaceAll("//", "/").slice(root.length));
  return aRepository(Object.fromEntries(files.map((file) => [file, readFileSync(`${root}${file}`, "utf8")])), name);
}
function aRepository(files: Readonly<Record<string, string>>, name = "orders"): RepositoryLook {
  return {
    name,
    files: Object.keys(files).toSorted(),
    read: (path) => (Object.hasOwn(files, path) ? (files[path] ?? null) : null),
  };
}
/** The file that init would write has to load; what it says is judged, not how it is laid out. */
function loaded({ yaml }: Detection): Config {
  const answer = parseConfig(yaml, "slipway.yaml");
  if (!answer.ok) throw configError(answer.problems);
  return answer.config;
}
const guesses = ({ findings }: Detection) => findings.filter(({ certain }) => !certain).map(({ key }) => key);

describe("the sample repositories", () => {
  test("a Python server with plain SQL", () => {
    const detection = detectConfig(sample("python-sql"));
    expect(detection.findings).toEqual([
      { source: "app.py", seen: "PORT, /healthz, 3 routes: /version and /api/*", key: "services.api", certain: true },
      {
        source: "migrations/",
        seen: "plain SQL, 2 files, newest 0002_tides_by_time",
        key: "migrations",
        certain: true,
      },
    ]);
    expect(loaded(detection)).toMatchObject({
      app: "python-sql",
      build: [],
      services: [
        {
          name: "api",
          files: ["app.py", "tides.py"],
          shape: {
            run: ["python3", "app.py"],
            port: "PORT",
            paths: ["/*"],
            health: { kind: "http", path: "/healthz" },
            smoke: [{ method: "GET", path: "/version", status: 200 }],
          },
        },
      ],
      migrations: { engine: "sql", folder: "migrations", service: null },
      web: null,
    });
    expect(detection.yaml).not.toContain("check this");
  });

  test("pages and nothing else", () => {
    const detection = detectConfig(sample("static-site"));
    expect(loaded(detection)).toMatchObject({
      services: [],
      migrations: null,
      build: [
        ["mkdir", "-p", "dist"],
        ["cp", "-R", "css", "hours.html", "index.html", "dist"],
      ],
      web: { folder: "dist", assets: [], fallback: null },
    });
  });

  test("an Express server beside a web that Vite builds", () => {
    const detection = detectConfig(sample("express-vite"));
    expect(loaded(detection)).toMatchObject({
      app: "moorings",
      build: [
        ["npm", "install"],
        ["npm", "run", "build"],
        ["npm", "prune", "--omit=dev"],
      ],
      services: [
        {
          files: ["server", "node_modules", "package.json"],
          shape: { run: ["env", "NODE_ENV=production", "node", "server/index.js"], paths: ["/api/*", "/version"] },
        },
      ],
      web: { folder: "dist/web", assets: ["assets/**"], fallback: "index.html" },
    });
    expect(guesses(detection)).toEqual(["build"]);
  });
});

const koa = {
  "package.json": JSON.stringify({
    scripts: { build: "tsc", test: "vitest" },
    dependencies: { koa: "3.0.0", knex: "3.1.0" },
  }),
  "package-lock.json": "{}",
  "src/server.ts": `new Koa().listen(process.env.PORT); router.get("/healthz", h); router.get("/api/orders", o);`,
  "migrations/20261101101500_orders.ts": "export async function up(knex: Knex) {}",
  "migrations/20261109101500_order_notes.ts": "export async function up(knex: Knex) {}",
};

describe("Node", () => {
  test("a Koa server in TypeScript with Knex: the program is a guess, the migrations go into its image", () => {
    const detection = detectConfig(aRepository(koa));
    expect(detection.findings).toEqual([
      { source: "package.json", seen: "npm, scripts build and test", key: "build", certain: true },
      { source: "src/server.ts", seen: "PORT, /healthz, 2 routes: /api/*", key: "services.api", certain: true },
      {
        source: "migrations/",
        seen: "Knex, 2 files, newest 20261109101500_order_notes",
        key: "migrations",
        certain: true,
      },
      {
        source: "no start script",
        seen: 'node dist/server.js is a guess: "check this"',
        key: "services.api.run",
        certain: false,
      },
    ]);
    expect(detection.yaml).toMatch(/run: node dist\/server\.js +# check this/);
    expect(loaded(detection)).toMatchObject({
      build: [
        ["npm", "ci"],
        ["npm", "run", "build"],
      ],
      services: [{ files: ["dist", "node_modules", "package.json", "migrations"] }],
      migrations: { engine: "knex", folder: "migrations", service: "api" },
    });
  });

  test.each([
    { name: "of development alone leave the image", fields: {}, pruned: true },
    { name: "beside a script that npm runs on installing", fields: { scripts: { prepare: "husky" } }, pruned: true },
    {
      name: "that the command names stay",
      fields: { scripts: { start: "node --import tsx src/server.js" } },
      pruned: false,
    },
    ...["--import=tsx", "-r tsx/cjs", "--require=tsx/cjs", "--loader tsx"].map((flag) => ({
      name: `that the command loads first stay: ${flag}`,
      fields: { scripts: { start: `node ${flag} src/server.js` } },
      pruned: false,
    })),
    { name: "that a source loads stay", fields: { devDependencies: { dotenv: "17.0.0" } }, pruned: false },
    { name: "that migrations need stay", fields: { devDependencies: { knex: "3.1.0" } }, pruned: false },
    { name: "of which none is installed are none", fields: { devDependencies: {} }, pruned: false },
    { name: "of yarn are left to its user", fields: {}, lock: "yarn.lock", pruned: false },
  ])("packages $name", ({ fields, lock = "package-lock.json", pruned }) => {
    const manifest = { dependencies: { koa: "3.0.0" }, devDependencies: { "@slipway/cli": "0.1.0", tsx: "4.0.0" } };
    const look = aRepository({
      "package.json": JSON.stringify({ ...manifest, ...fields }),
      [lock]: "{}",
      "src/server.js": `import "dotenv/config"; new Koa().listen(process.env.PORT);`,
      "src/server.test.js": `import "@slipway/cli";`,
    });
    const { build, services } = loaded(detectConfig(look));
    expect(build.some((command) => command.includes("--omit=dev"))).toBe(pruned);
    if (pruned) expect(build.at(-1)).toEqual(["npm", "prune", "--omit=dev"]);
    expect(build.filter((command) => command.includes("ci")).flat()).not.toContain("--omit=dev");
    expect(services[0]?.files).toContain("node_modules");
  });

  test("a server whose packages are all of development holds none", () => {
    const look = aRepository({
      "package.json": JSON.stringify({ scripts: { start: "node server.js" }, devDependencies: { vitest: "4.0.0" } }),
      "package-lock.json": "{}",
      "server.js": "createServer().listen(process.env.PORT);",
    });
    const { build, services } = loaded(detectConfig(look));
    expect({ build, files: services[0]?.files }).toEqual({
      build: [["npm", "ci"]],
      files: ["server.js", "package.json"],
    });
  });

  test("the folder of a knexfile counts", () => {
    const { "migrations/20261101101500_orders.ts": step, ...rest } = koa;
    const look = aRepository({
      ...rest,
      "knexfile.ts": `export default { migrations: { directory: "./src/db/steps" } }`,
      "src/db/steps/001_orders.ts": step,
    });
    expect(loaded(detectConfig(look)).migrations).toMatchObject({ engine: "knex", folder: "src/db/steps" });
  });

  test("a server and a web in folders of their own are built each", () => {
    const look = aRepository({
      "server/package.json": JSON.stringify({
        scripts: { start: "node index.js" },
        dependencies: { fastify: "5.0.0" },
      }),
      "server/package-lock.json": "{}",
      "server/index.js": `fastify.get("/readyz", r); fastify.listen({ port: process.env.HTTP_PORT })`,
      "client/package.json": JSON.stringify({ scripts: { build: "vite build" }, devDependencies: { vite: "7.0.0" } }),
      "client/package-lock.json": "{}",
      "client/vite.config.ts": "export default {}",
    });
    expect(loaded(detectConfig(look))).toMatchObject({
      build: [
        ["npm", "--prefix", "server", "ci"],
        ["npm", "--prefix", "client", "ci"],
        ["npm", "--prefix", "client", "run", "build"],
      ],
      services: [
        {
          files: ["server"],
          shape: {
            run: ["node", "server/index.js"],
            port: "HTTP_PORT",
            paths: ["/api/*"],
            health: { path: "/readyz" },
          },
        },
      ],
      web: { folder: "client/dist" },
    });
  });

  test("a web alone has no service", () => {
    const look = aRepository({
      "package.json": JSON.stringify({ scripts: { build: "astro build" }, dependencies: { astro: "6.0.0" } }),
      "pnpm-lock.yaml": "",
    });
    expect(loaded(detectConfig(look))).toMatchObject({
      build: [
        ["pnpm", "install", "--frozen-lockfile"],
        ["pnpm", "run", "build"],
      ],
      services: [],
      web: { folder: "dist", assets: ["_astro/**"] },
    });
  });

  test("pages that the server hands out itself are no web", () => {
    const look = aRepository({
      "package.json": JSON.stringify({ dependencies: { express: "5.0.0" } }),
      "server.js": `app.use(express.static("public")); app.listen(process.env.PORT)`,
      "public/index.html": "<p>",
    });
    const config = loaded(detectConfig(look));
    expect(config.web).toBeNull();
    expect(config.services[0]?.files).toContain("server.js");
  });
});

test("a port that a schema of the environment reads is seen; sources of pages are no web as they stand", () => {
  const look = aRepository({
    "package.json": JSON.stringify({ scripts: { start: "node src/server.js" }, dependencies: { koa: "3.0.0" } }),
    "src/server.js": `router.get("/readyz", r); server.listen(config.PORT)`,
    "src/config.js": "const schema = z.object({ PORT: z.coerce.number() });",
    "web/index.html": "<div id=app>",
    "web/main.tsx": "render()",
  });
  const detection = detectConfig(look);
  expect(loaded(detection)).toMatchObject({ services: [{ shape: { port: "PORT" } }], web: { folder: "dist" } });
  expect(guesses(detection)).toEqual(["build", "web.folder"]);
});

describe("Python", () => {
  test("a FastAPI app takes its port from uvicorn's own variable, and its packages from the image", () => {
    const look = aRepository({
      "requirements.txt": "fastapi==0.120\nuvicorn==0.38\n",
      "app/main.py": `app = FastAPI()\n@app.get("/health")\ndef health(): ...\n`,
    });
    const detection = detectConfig(look);
    expect(loaded(detection)).toMatchObject({
      build: [["python3", "-m", "pip", "install", "--no-compile", "--target", "packages", "-r", "requirements.txt"]],
      services: [
        {
          files: ["app", "packages"],
          shape: {
            run: ["env", "PYTHONPATH=packages", "python3", "-m", "uvicorn", "app.main:app"],
            port: "UVICORN_PORT",
            health: { path: "/health" },
          },
        },
      ],
    });
  });

  test("a Flask app with a Procfile is started as the Procfile says, its worker too", () => {
    const look = aRepository({
      "requirements.txt": "flask\ngunicorn\n",
      "app.py": `app = Flask(__name__)\n@app.route("/healthz")\ndef h(): ...\n`,
      Procfile: "web: gunicorn app:app --bind 127.0.0.1:$PORT\nworker: python3 worker.py\nrelease: flask db upgrade\n",
      "worker.py": "",
    });
    const detection = detectConfig(look);
    const { services } = loaded(detection);
    expect(services.map(({ name }) => name)).toEqual(["api", "worker"]);
    expect(services[0]?.shape.run).toEqual([
      "env",
      "PYTHONPATH=packages",
      "sh",
      "-c",
      "exec python3 -m gunicorn app:app --bind 127.0.0.1:$PORT",
    ]);
    expect(services[1]?.shape).toMatchObject({
      port: null,
      run: ["env", "PYTHONPATH=packages", "python3", "worker.py"],
    });
    expect(guesses(detection)).toContain("migrations");
  });
});

test("a Go module is built into one program each; the one that listens is the API", () => {
  const look = aRepository({
    "go.mod": "module example.org/orders\n\ngo 1.25\n",
    "cmd/server/main.go":
      `package main\nfunc main() { http.HandleFunc("GET /healthz", h); http.HandleFunc("/api/", a); http.ListenAndServe(":"+os.Getenv("PORT"), nil) }`.replace(
        "func",
        "\nfunc",
      ),
    "cmd/mailer/main.go": "package main\n\nfunc main() {}\n",
  });
  expect(loaded(detectConfig(look))).toMatchObject({
    build: [
      ["go", "build", "-trimpath", "-o", "bin/api", "./cmd/server"],
      ["go", "build", "-trimpath", "-o", "bin/mailer", "./cmd/mailer"],
    ],
    services: [
      { name: "api", files: ["bin/api"], shape: { run: ["./bin/api"], port: "PORT", health: { path: "/healthz" } } },
      { name: "mailer", files: ["bin/mailer"], shape: { port: null } },
    ],
  });
});

test("a site of a generator is what the generator leaves", () => {
  const look = aRepository({ "hugo.toml": "", "content/_index.md": "" });
  expect(loaded(detectConfig(look))).toMatchObject({ build: [["hugo", "--minify"]], web: { folder: "public" } });
});

test("the command of a Dockerfile counts where nothing else tells how the app starts", () => {
  const look = aRepository({ Dockerfile: 'FROM ruby\nCMD ["bundle", "exec", "puma"]\n', "config.ru": "run App" });
  const detection = detectConfig(look);
  expect(loaded(detection).services[0]).toMatchObject({ shape: { run: ["bundle", "exec", "puma"] } });
  expect(detection.yaml).toMatch(/run: bundle exec puma +# check this/);
});

test("pairs of up and down files are named and not taken", () => {
  const look = aRepository({
    ...koa,
    "db/0001_a.up.sql": "",
    "db/0001_a.down.sql": "",
    "migrations/20261101101500_orders.ts": "",
    "migrations/20261109101500_order_notes.ts": "",
  });
  const detection = detectConfig(look);
  expect(loaded(detection).migrations).toBeNull();
  expect(guesses(detection)).toContain("migrations");
});

test("migrations alone are not left without a service that a person completes", () => {
  const look = aRepository({ "db/0001_a.sql": "select 1;" });
  const config = loaded(detectConfig(look));
  expect(config.migrations).toMatchObject({ engine: "sql", folder: "db" });
});

test("where nothing is recognised, the file loads and says what to check", () => {
  for (const look of [aRepository({}, "Ünïcode 42"), aRepository({ "main.rs": "fn main() {}", "Cargo.toml": "" })]) {
    const detection = detectConfig(look);
    expect(loaded(detection).services).toHaveLength(1);
    expect(detection.yaml.match(/# check this/g)?.length).toBeGreaterThanOrEqual(4);
    expect(guesses(detection)).toEqual(["services.api"]);
  }
});

test("whatever a repository holds, the file that is written loads", { timeout: 60_000 }, () => {
  const name = fc.constantFrom(
    ..."package.json server/package.json client/package.json src/server.ts server.js index.html public/index.html".split(
      " ",
    ),
    ..."requirements.txt app.py main.py manage.py go.mod main.go cmd/x/main.go Procfile Dockerfile vite.config.ts".split(
      " ",
    ),
    ..."migrations/001_a.sql migrations/002_b.js knexfile.js pyproject.toml hugo.toml a b's.js".split(" "),
    "with space.html",
    "-rf",
    "line\nbreak.js",
    "a: b.py",
    "# x.html",
  );
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom(
      "app.listen(3000)",
      'app.get("/a*b/../c", x); app.use("/", y); app.use("/ü", z)',
      "exports.up = 1",
      "package main\nfunc main() { http.ListenAndServe() }",
      "app = FastAPI()",
      "flask\ngunicorn\nuvicorn",
      "web: a $PORT 'x'\nworker: b && c\nx: 'a",
      'CMD ["a", "b\'c"]',
      'CMD a "b',
      "root: '../..', outDir: '../../../x'",
      'directory: "../../etc"',
      '{"name":"@x/--","scripts":{"start":"node --x=\\"y z\\" a.js \'","build":"b"},"dependencies":{"express":"1","vite":"1"}}',
      '{"name":5,"scripts":[],"dependencies":"x"}',
    ),
  );
  fc.assert(
    fc.property(fc.dictionary(name, text, { maxKeys: 8 }), fc.string(), (files, repository) => {
      const detection = detectConfig(aRepository(files, repository));
      expect(parseConfig(detection.yaml, "slipway.yaml")).toMatchObject({ ok: true });
    }),
    { numRuns: 100 },
  );
});
