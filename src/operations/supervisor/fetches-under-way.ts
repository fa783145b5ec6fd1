import type { FetchProgress } from '../../base/fetches.ts';

/** What is on its way now, as far as it has told of itself. */
export class FetchesUnderWay {
  private readonly under = new Map<string, FetchProgress>();

  take(progress: FetchProgress): void {
    const { what, bytes, totalBytes } = progress;
    // What is whole may be followed by more of the same: an image has several layers.
    if (totalBytes !== undefined && totalBytes > 0 && bytes >= totalBytes) this.under.delete(what);
    else this.under.set(what, progress);
  }

  get all(): readonly FetchProgress[] {
    return [...this.under.values()];
  }
}
