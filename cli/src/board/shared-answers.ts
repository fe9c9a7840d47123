import type { Document } from "../output.ts";

/** Several tabs ask for the same at about the same time: one look serves them all. */
const freshMilliseconds = 1_000;

/** One look a question: whoever asks while it is under way, or within a second after, gets the same answer. */
export class SharedAnswers {
  readonly #known = new Map<string, Promise<Document>>();
  #underWay = 0;

  /** Looks that nobody may be waiting for any more. */
  get underWay(): number {
    return this.#underWay;
  }

  get(question: string, ask: () => Promise<Document>): Promise<Document> {
    const known = this.#known.get(question);
    if (known !== undefined) return known;
    const document = this.#look(ask);
    this.#known.set(question, document);
    const forget = (): void => void this.#known.delete(question);
    // What failed is asked for again at once.
    document.then(() => setTimeout(forget, freshMilliseconds).unref(), forget);
    return document;
  }

  async #look(ask: () => Promise<Document>): Promise<Document> {
    this.#underWay += 1;
    try {
      return await ask();
    } finally {
      this.#underWay -= 1;
    }
  }
}
