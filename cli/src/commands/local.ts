import { type EnvironmentName, type ExitCode, exitCodes, nearestWord, quoteInput, UserError } from "@slipway/pipeline";
import type { Call } from "../call.ts";
import { localLogsDocument, localStartDocument, localStatusDocument } from "../documents/local.ts";
import { localStopDocument } from "../documents/local-stop.ts";
import type { LogLine } from "../documents/schemas/local-logs.ts";
import { purge } from "../local/purge.ts";
import { checkEnvironmentText, environmentOf, openSession, type Session } from "../session.ts";
import { commandLine } from "../terminal/command-line.ts";
import { spellAge } from "../terminal/durations.ts";
import { printable } from "../terminal/escape.ts";
import { spellSha, textColumns } from "../terminal/style.ts";
import { tableLines } from "../terminal/table.ts";
import { wrap } from "../terminal/wrap.ts";

type Local = typeof import("@slipway/pipeline/local");

/** Environments on this machine: the background process that hosts them. */
export async function run(call: Call): Promise<ExitCode> {
  const [word] = call.args.words;
  if (word === undefined)
    throw new UserError({
      code: "usage",
      message: "promote local takes start, stop, status or logs. Nothing was changed.",
      next: ["promote local status"],
    });
  checkFlags(call, word);
  checkEnvironmentText(call.args.values.env);
  const session = await openSession(call);
  const local = await import("@slipway/pipeline/local");
  switch (word) {
    case "start":
      return start(call, session, local);
    case "stop":
      return stop(call, session, local);
    case "logs":
      return logs(call, session, local);
    default:
      return status(call, session, local);
  }
}

function checkFlags(call: Call, word: string): void {
  const { values, switches } = call.args;
  const misplaced = [
    ...(word !== "logs" && values.service !== undefined ? ["--service"] : []),
    ...(word !== "logs" && switches.has("follow") ? ["--follow"] : []),
    ...(word !== "stop" && switches.has("purge") ? ["--purge"] : []),
    ...(word === "stop" && values.env !== undefined ? ["--env"] : []),
  ];
  if (misplaced.length > 0)
    throw new UserError({
      code: "usage",
      message: `${misplaced.join(" and ")} does not go with local ${word}. Nothing was changed.`,
    });
}

async function start(call: Call, session: Session, local: Local): Promise<ExitCode> {
  const { config, root, storeFolder } = session;
  if (!config)
    throw new UserError({
      code: "config-missing",
      message: "promote local start needs a slipway.yaml. Nothing was changed.",
      next: ["promote init"],
    });
  const ladder = config.environments.map(({ name }) => name);
  const asked: readonly EnvironmentName[] =
    call.args.values.env === undefined ? ladder : [environmentOf(call, session)];
  const environments = asked.map((name) => ({ name, port: local.localPort(config, name) }));
  const started = await local.startPlatform({ root, environments, ...(storeFolder ? { storeFolder } : {}) });
  const addresses = environments.map(({ name, port }) => ({ env: name, url: local.localUrl(port) }));
  call.output.verdict({
    verdict: started.started ? "Done" : "Same",
    text: started.started
      ? `the platform of this machine runs, pid ${started.pid}.`
      : `the platform of this machine ran already, pid ${started.pid}.`,
  });
  call.output.table(tableLines(addresses.map(({ env, url }) => [env, url])));
  call.output.document(localStartDocument(started, addresses));
  return exitCodes.done;
}

async function stop(call: Call, session: Session, local: Local): Promise<ExitCode> {
  if (call.args.switches.has("purge")) return purge(call, session, local);
  const stopped = await local.stopPlatform(session.root);
  call.output.verdict(
    stopped
      ? {
          verdict: "Done",
          text: "the platform of this machine is stopped, with all it ran; what its environments stored stays.",
        }
      : { verdict: "Same", text: "the platform of this machine did not run. Nothing was changed." },
  );
  call.output.document(localStopDocument(stopped));
  return exitCodes.done;
}

async function status(call: Call, session: Session, local: Local): Promise<ExitCode> {
  const found = await local.platformStatus(session.root);
  call.output.document(localStatusDocument(found));
  if (!found) {
    call.output.table(["The platform of this machine does not run. Start it with:  promote local start"]);
    return exitCodes.done;
  }
  const { style } = call.output;
  const head = `platform ${found.version}, pid ${found.pid}, up ${spellAge(found.uptimeSeconds)}; Postgres ${found.postgres.version}, pid ${found.postgres.pid}`;
  const rows = found.environments.map(({ env, url, webSha, services, restarts, memoryBytes }) => [
    env as string,
    url,
    spellSha(style, services.find(({ sha }) => sha !== null)?.sha ?? webSha),
    services.map(({ service, running, wanted }) => `${service} ${running}/${wanted}`).join("   "),
    `${restarts} restart${restarts === 1 ? "" : "s"}`,
    `${Math.round(memoryBytes / 1_000_000)} MB`,
  ]);
  const columns = textColumns(style);
  call.output.table([...wrap(head, columns, 2), ...tableLines(rows, columns)]);
  return exitCodes.done;
}

async function logs(call: Call, session: Session, local: Local): Promise<ExitCode> {
  const { values, switches } = call.args;
  const environment = values.env === undefined ? null : environmentOf(call, session);
  await checkService(call, session, local);
  const abort = new AbortController();
  const end = call.shell.onInterrupt(() => abort.abort());
  call.shell.onReaderGone(() => abort.abort());
  const lines: LogLine[] = [];
  try {
    const input = {
      root: session.root,
      environment,
      service: values.service ?? null,
      follow: switches.has("follow"),
      signal: abort.signal,
    };
    for await (const line of local.serviceLogs(input)) {
      const text = session.redact(line.text);
      call.output.event({ type: "local:log", ...line, text });
      if (call.output.isText) call.output.table([`${line.env} ${line.service}  ${printable(text)}`]);
      else if (call.output.form === "json") lines.push({ ...line, text });
    }
  } finally {
    end();
  }
  call.output.document(localLogsDocument(lines));
  return exitCodes.done;
}

/** One of the configuration, or one that has written here. @throws UserError with the nearest one */
async function checkService(call: Call, { config, root }: Session, local: Local): Promise<void> {
  const { service } = call.args.values;
  if (service === undefined) return;
  const known = new Set([
    ...(config?.services ?? []).map(({ name }) => name as string),
    ...(await local.servicesWithLogs(root)),
  ]);
  if (known.has(service)) return;
  const near = nearestWord(service, [...known]);
  throw new UserError({
    code: "usage",
    message: `${quoteInput(service)} is not a service here (${[...known].toSorted().join(", ") || "none"}). Nothing was changed.`,
    next: near ? [commandLine(call, { service: near })] : [],
  });
}
