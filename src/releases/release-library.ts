import type { Answer } from '../base/answer.ts';
import type { Finding } from '../core/findings/finding.ts';
import type { ReleaseBundle } from '../core/network/bundle.ts';
import type { NetworkIdentity } from '../core/network/identity.ts';
import type { ReleaseConsent } from '../core/network/verify/expectation.ts';

/** One source's part in the answer, for status pages and messages. */
export interface SourceReport {
  readonly source: string;
  readonly answer: 'found' | 'not-yet' | 'unknown' | 'rejected' | 'failed';
  readonly detail: string;
}

/** Why there is a bundle, or none. Only `held` lets anything be done. */
export type ObtainOutcome = {
  readonly findings: readonly Finding[];
  readonly reports: readonly SourceReport[];
} & (
  | { readonly outcome: 'held'; readonly bundle: ReleaseBundle; readonly fetched: boolean }
  /** Every source says that it does not have it: wait. */
  | { readonly outcome: 'not-yet'; readonly detail: string }
  /** Nobody knows, or what was given was unusable: wait, and change nothing. */
  | { readonly outcome: 'unknown'; readonly reason: string }
  /** There is one, consistent in itself, that an operator must agree to first. */
  | { readonly outcome: 'needs-consent'; readonly needsConsent: readonly ReleaseConsent[] }
);

export interface ObtainRequest {
  readonly iteration: number;
  /** What this iteration ran as already; the held release of it unless told. */
  readonly knownIdentity?: NetworkIdentity;
  /** Of the iteration before; the held release of that one unless told. */
  readonly previousValidatorsRoot?: string;
  readonly consents?: readonly ReleaseConsent[];
  /** Ask the sources even though the release is held: finds out about a genesis released again. */
  readonly refresh?: boolean;
  /** Compare with a second source where there is one; costs a second download. */
  readonly crossCheck?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ObtainProgress) => void;
}

export interface ObtainProgress {
  readonly step: 'asking' | 'fetching' | 'verifying' | 'installing' | 'comparing';
  readonly source: string;
}

/** A verified release on the disk. */
export interface HeldRelease {
  readonly bundle: ReleaseBundle;
  readonly source: string;
  readonly fetchedAtMs: number;
}

/** The verified releases of one network: those on the disk, and those to be had. */
export interface ReleaseLibrary {
  /**
   * Gives the verified bundle of an iteration, fetching it when it is not held. Safe to call at the same time
   * from anywhere. Throws EPH-RELEASES-DISK-FULL and EPH-RELEASES-FOLDER for what is wrong on this host, and
   * the signal's reason; whatever is wrong elsewhere is an outcome.
   */
  obtain(request: ObtainRequest): Promise<ObtainOutcome>;
  /**
   * Newest iteration first; of one iteration, the one fetched last first. Damaged ones are left out.
   * Of one iteration alone when it is given. Asks nobody.
   */
  held(iteration?: number): Promise<readonly HeldRelease[]>;
  /**
   * Holds the release of an iteration that came last against a second source, file by file. Undefined while there is
   * none that has it: ask again later. Costs a download.
   */
  compare(iteration: number, signal?: AbortSignal): Promise<readonly Finding[] | undefined>;
  /** Takes a held release off the disk. */
  remove(bundle: ReleaseBundle): Promise<void>;
  /** What each source says of an iteration, in their order and all of them asked. Fetches nothing. */
  ask(iteration: number, signal?: AbortSignal): Promise<readonly SourceReport[]>;
  /** Our clock minus that of the sources, measured along the way; unknown until one of them told the time. */
  clockSkewMs(): Answer<number>;
  /**
   * The same, once the sources were asked for their time where that is needed to know it; a few seconds at most, and
   * not longer than until `patience` aborts.
   */
  measureClockMs(patience: AbortSignal): Promise<Answer<number>>;
  /** What is worth telling about that. */
  clockFindings(): readonly Finding[];
  /** Closes idle connections, so that nothing keeps the process alive. */
  close(): Promise<void>;
}
