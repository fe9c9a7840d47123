import { ask, type Entry } from "./api.ts";
import { find } from "./find.ts";

export function connectForm(onAdded: () => Promise<void>): void {
  const form = find("#add", HTMLFormElement);
  find("#add [name=worked_on]", HTMLInputElement).valueAsDate = new Date();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void submit(form, onAdded);
  });
}

async function submit(form: HTMLFormElement, onAdded: () => Promise<void>): Promise<void> {
  const fields = Object.fromEntries(new FormData(form));
  try {
    const entry = await ask<Entry>("/api/entries", { ...fields, minutes: Number(fields.minutes) });
    say(`Added ${entry.minutes} minutes on ${entry.worked_on}.`, false);
    await onAdded();
  } catch (error) {
    say(error instanceof Error ? error.message : String(error), true);
  }
}

function say(text: string, wrong: boolean): void {
  const status = find("#add-status", HTMLElement);
  status.textContent = text;
  status.classList.toggle("wrong", wrong);
}
