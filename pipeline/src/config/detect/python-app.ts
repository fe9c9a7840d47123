import { httpService, type ServerSight } from "./http-service.ts";
import { nothingProposed, type Proposal } from "./proposal.ts";
import { type InitFinding, type RepositoryLook, topLevel } from "./repository-look.ts";

const entryNames = ["app", "main", "server", "wsgi", "asgi", "run", "application"];
const installed = "packages";

/** A Python server: started by uvicorn, gunicorn or flask where the app uses them, else by python3 itself. */
export function findPythonApp(look: RepositoryLook): Proposal {
  const scripts = look.files.filter((file) => file.endsWith(".py"));
  const manage = scripts.find((file) => file === "manage.py");
  const entry = manage ?? findEntry(look, scripts);
  if (entry === null) return nothingProposed;
  const requirements = readRequirements(look);
  const start = startOf(look, entry, requirements.text);
  const files = topLevel(look, (file) => /\.(?:py|html|jinja2?|j2|css|sql|toml|json)$/.test(file) && !isNotRun(file));
  const hasPackages = requirements.install !== null;
  const { service, finding } = httpService(look, {
    source: entry,
    folder: "",
    files: hasPackages ? [...files, installed] : files,
    // Packages lie in a folder of the image: a virtual environment would only work where it was made.
    run: hasPackages ? `env PYTHONPATH=${installed} ${start.run}` : start.run,
    ...(start.port === undefined ? {} : { port: start.port }),
    guesses: start.guesses,
  });
  const findings: InitFinding[] = [finding];
  if (requirements.install !== null) {
    findings.unshift({ source: requirements.source, seen: `pip, into ${installed}/`, key: "build", certain: true });
  }
  if (start.guesses.includes("run")) {
    findings.push({
      source: "no start command",
      seen: `${start.run} is a guess: "check this"`,
      key: "services.api.run",
      certain: false,
    });
  }
  return {
    ...nothingProposed,
    findings,
    build: requirements.install === null ? [] : [requirements.install],
    services: [service],
  };
}

const isNotRun = (file: string): boolean =>
  /^(?:web|client|frontend|pyproject\.toml|setup\.py|conftest\.py|package(?:-lock)?\.json|tsconfig\.json)/.test(file);

function findEntry(look: RepositoryLook, scripts: readonly string[]): string | null {
  const named = entryNames
    .flatMap((name) => [`${name}.py`, `app/${name}.py`, `src/${name}.py`])
    .filter((file) => scripts.includes(file));
  const serving = [...named, ...scripts].find((file) =>
    /\b(?:FastAPI|Flask|Starlette|Quart|HTTPServer|ThreadingHTTPServer|make_server|web\.Application|get_wsgi_application)\(/.test(
      look.read(file) ?? "",
    ),
  );
  if (serving !== undefined && /^[\w./-]+$/.test(serving)) return serving;
  return named[0] ?? null;
}

interface Requirements {
  readonly text: string;
  readonly source: string;
  readonly install: string | null;
}
function readRequirements(look: RepositoryLook): Requirements {
  const pip = `python3 -m pip install --no-compile --target ${installed}`;
  const list = look.read("requirements.txt");
  if (list !== null) {
    const some = list.split("\n").some((line) => /^\s*[^#\s]/.test(line));
    return { text: list, source: "requirements.txt", install: some ? `${pip} -r requirements.txt` : null };
  }
  const project = look.read("pyproject.toml") ?? "";
  const some =
    /^dependencies\s*=\s*\[\s*["'\n]|^\[tool\.poetry\.dependencies\]/m.test(project) &&
    !/^dependencies\s*=\s*\[\s*\]/m.test(project);
  return { text: project, source: "pyproject.toml", install: some ? `${pip} .` : null };
}

type Start = Pick<ServerSight, "run" | "guesses"> & { readonly port?: string };
/** uvicorn and flask read their options from variables with a prefix, gunicorn binds to PORT by itself. */
function startOf(look: RepositoryLook, entry: string, requirements: string): Start {
  const text = look.read(entry) ?? "";
  const needs = (name: string) => new RegExp(`\\b${name}\\b`, "i").test(requirements);
  const module = entry.replace(/\.py$/, "").replaceAll("/", ".");
  const variable =
    /^(\w+)\s*=\s*(?:FastAPI|Flask|Starlette|Quart|get_wsgi_application|create_app)\(/m.exec(text)?.[1] ?? "app";
  if (entry === "manage.py") {
    const project = /["']([A-Za-z_]\w*)\.settings/.exec(text)?.[1];
    if (needs("gunicorn") && project) return { run: `python3 -m gunicorn ${project}.wsgi`, port: "PORT", guesses: [] };
    return {
      run: "sh -c 'exec python3 manage.py runserver 127.0.0.1:$PORT --noreload'",
      port: "PORT",
      guesses: ["run"],
    };
  }
  const startsItself = /__name__\s*==\s*["']__main__["']/.test(text);
  if (needs("gunicorn") && !/FastAPI\(|Starlette\(/.test(text)) {
    return { run: `python3 -m gunicorn ${module}:${variable}`, port: "PORT", guesses: [] };
  }
  if (needs("uvicorn") || needs("fastapi")) {
    return { run: `python3 -m uvicorn ${module}:${variable}`, port: "UVICORN_PORT", guesses: [] };
  }
  if (needs("flask")) return { run: `python3 -m flask --app ${module} run`, port: "FLASK_RUN_PORT", guesses: ["run"] };
  return { run: `python3 ${entry}`, guesses: startsItself || /serve_forever\(/.test(text) ? [] : ["run"] };
}
