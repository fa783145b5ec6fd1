import { inspect } from 'node:util';

const shown = '[secret]';

/** A value that prints as `[secret]` wherever it is printed, logged or serialised. `reveal` is the one way out. */
export class Secret<T = string> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return shown;
  }

  toJSON(): string {
    return shown;
  }

  [inspect.custom](): string {
    return shown;
  }
}
