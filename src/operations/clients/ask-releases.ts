import { newestRelease } from '../../artifacts/newest-release.ts';
import type { Execute } from '../../artifacts/path-source.ts';
import type { PublishedRelease } from '../../artifacts/published-release.ts';
import type { Answer } from '../../base/answer.ts';
import { runCommand } from '../../base/exec.ts';
import { HttpClient } from '../../base/http.ts';
import type { ReleasePlace } from '../../core/clients/release-place.ts';
import type { Services } from '../services.ts';

export interface ReleaseAnswers {
  /** Of a place that was asked. */
  of(place: ReleasePlace): Answer<PublishedRelease>;
}

export interface AskReleases {
  readonly signal: AbortSignal;
  readonly onProgress?: (doing: string) => void;
}

/** Few enough to be a polite guest of one host. */
const atOnce = 6;

/** Asks each place once, a few at a time. Throws the signal's reason. */
export async function askReleases(
  { clock, host }: Pick<Services, 'clock' | 'host'>,
  places: readonly ReleasePlace[],
  { signal, onProgress }: AskReleases,
): Promise<ReleaseAnswers> {
  const wanted = new Map(places.map((place) => [keyOf(place), place]));
  const answers = new Map<string, Answer<PublishedRelease>>();
  const http = new HttpClient({ clock, environment: host.env });
  const ask = {
    http,
    execute: ((request) => runCommand({ ...request, env: host.env, clock })) satisfies Execute,
    signal,
  };
  const next = wanted[Symbol.iterator]();
  const work = async () => {
    for (const [key, place] of next) {
      signal.throwIfAborted();
      answers.set(key, await newestRelease(place, ask));
      onProgress?.(`Asking for published releases: ${answers.size} of ${wanted.size}`);
    }
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, work));
  } finally {
    await http.close();
  }
  return { of: (place) => answers.get(keyOf(place)) as Answer<PublishedRelease> };
}

function keyOf(place: ReleasePlace): string {
  return place.kind === 'npm' ? `npm ${place.package}` : `${place.page} ${place.tag}`;
}
