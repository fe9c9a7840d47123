import type { RunnerResult } from "../batch.ts";
import { runnerResultMarker } from "../result-marker.ts";
import type { Redact } from "./redactor.ts";

/** What the task says: a line a moment for people, and its last line for the run that waits for it. */
export interface Output {
  line(text: string): void;
  result(result: RunnerResult): Promise<void>;
}

const longestText = 2_000;

export function outputTo(stream: NodeJS.WritableStream, redact: Redact): Output {
  const write = (text: string): Promise<void> => new Promise((resolve) => stream.write(`${text}\n`, () => resolve()));
  return {
    line: (text) => {
      const time = `${new Date().toISOString().slice(11, 19)}Z`;
      void write(`${time} ${oneLine(redact(text))}`);
    },
    result: (result) => write(runnerResultMarker + JSON.stringify(shorten(result, redact))),
  };
}

function shorten(result: RunnerResult, redact: Redact): RunnerResult {
  const { failure } = result;
  if (failure === null) return result;
  const cut = (text: string) => redact(text).slice(0, longestText);
  const statement = failure.statement === null ? null : cut(failure.statement);
  return { ...result, failure: { ...failure, message: cut(failure.message), statement } };
}

/** Control characters could forge a line, or colour the reader's terminal. */
const oneLine = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
  text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ").slice(0, longestText);
