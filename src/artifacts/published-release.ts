import type { HttpClient } from '../base/http.ts';
import type { Execute } from './path-source.ts';

/** What a publisher calls its newest. A hint: nothing is installed by it. */
export interface PublishedRelease {
  readonly version: string;
  /** As its publisher writes it; npm's own is `latest`. */
  readonly tag: string;
  /** Where it is shown, or lies. Without credentials and query. */
  readonly address: string;
}

export interface AskRelease {
  readonly http: Pick<HttpClient, 'request'>;
  /** Runs npm. */
  readonly execute: Execute;
  readonly signal?: AbortSignal | undefined;
}
