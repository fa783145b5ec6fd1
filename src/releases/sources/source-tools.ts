import type { ArchiveLimits } from '../../base/archive/limits.ts';
import type { BackoffPolicy } from '../../base/backoff.ts';
import type { Clock } from '../../base/clock.ts';
import type { DownloadProgress } from '../../base/download.ts';
import type { HttpClient } from '../../base/http.ts';
import type { Random } from '../../base/random.ts';

/** What the sources that ask over HTTP work with. */
export interface SourceTools {
  readonly http: HttpClient;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly tries?: number;
  readonly backoff?: BackoffPolicy;
  readonly limits?: ArchiveLimits;
  readonly onProgress?: (progress: DownloadProgress) => void;
}
