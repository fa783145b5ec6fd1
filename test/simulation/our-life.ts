/** One life of our own process: what it does passes through `gate`, where it may be killed or fail. */
export class OurLife {
  private readonly controller = new AbortController();
  private readonly trouble: (moment: string, life: OurLife) => void;

  /** `trouble` is told each moment, and may throw a fault or call `kill`. */
  constructor(trouble: (moment: string, life: OurLife) => void = () => undefined) {
    this.trouble = trouble;
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get isOver(): boolean {
    return this.controller.signal.aborted;
  }

  kill(): void {
    this.controller.abort(new Error('killed'));
  }

  /** Passes a moment: throws once killed, or what `trouble` throws. */
  gate(moment: string): void {
    this.controller.signal.throwIfAborted();
    this.trouble(moment, this);
    this.controller.signal.throwIfAborted();
  }
}
