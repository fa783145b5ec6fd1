/** How far something has come that is fetched from elsewhere and may take minutes: a client's program, an image. */
export interface FetchProgress {
  /** For people: the client, or the image. */
  readonly what: string;
  readonly bytes: number;
  /** As far as it is known. */
  readonly totalBytes?: number;
}

export type FetchListener = (progress: FetchProgress) => void;

/** Where those who fetch tell of it, whoever listens. */
export class Fetches {
  private readonly listeners = new Set<FetchListener>();

  readonly tell: FetchListener = (progress) => {
    for (const listener of this.listeners) listener(progress);
  };

  /** Returns what ends it. */
  listen(listener: FetchListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
