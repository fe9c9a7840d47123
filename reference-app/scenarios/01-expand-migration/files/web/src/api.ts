export interface Project {
  readonly id: string;
  readonly name: string;
  readonly client: string;
  readonly colour: string | null;
}
export interface Entry {
  readonly id: string;
  readonly project_id: string;
  readonly worked_on: string;
  readonly minutes: number;
  readonly note: string;
}
export interface EntryPage {
  readonly entries: readonly Entry[];
  readonly next: string | null;
}
export interface Version {
  readonly sha: string;
  readonly environment: string;
}

/** What the API said no to, in its own words: one line a field. */
class ApiError extends Error {
  override readonly name = "ApiError";
}

export async function ask<T>(path: string, body?: unknown): Promise<T> {
  const response = await fetch(path, body === undefined ? {} : post(body));
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) throw new ApiError(describe(response.status, answer));
  return answer as T;
}

const post = (body: unknown): RequestInit => ({
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

function describe(status: number, answer: unknown): string {
  const error = (answer as { error?: { message: string; fields: readonly { field: string; rule: string }[] } } | null)
    ?.error;
  if (error === undefined) return `The server answered ${status}.`;
  if (error.fields.length === 0) return error.message;
  return error.fields.map(({ field, rule }) => `${field}: ${rule}`).join("; ");
}
