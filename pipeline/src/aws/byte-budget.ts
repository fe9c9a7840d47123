/** Lets calls through as long as what they carry together stays below a limit; the others wait their turn, first come, first served. */
export class ByteBudget {
  #left: number;
  readonly #whole: number;
  readonly #waiting: { readonly bytes: number; readonly go: () => void }[] = [];

  constructor(bytes: number) {
    this.#whole = bytes;
    this.#left = bytes;
  }

  /** A call that carries more than the whole budget waits until it is alone. */
  async spend<T>(bytes: number, call: () => Promise<T>): Promise<T> {
    const cost = Math.min(bytes, this.#whole);
    if (this.#waiting.length > 0 || this.#left < cost)
      await new Promise<void>((go) => this.#waiting.push({ bytes: cost, go }));
    else this.#left -= cost;
    try {
      return await call();
    } finally {
      this.#left += cost;
      this.#admit();
    }
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next !== undefined && next.bytes <= this.#left; next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#left -= next.bytes;
      next.go();
    }
  }
}
