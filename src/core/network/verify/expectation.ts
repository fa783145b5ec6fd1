import type { Finding } from '../../findings/finding.ts';
import type { NetworkDefinition } from '../definition.ts';
import type { NetworkIdentity } from '../identity.ts';

/** What an operator can agree to, beyond what the network's definition and history say. */
export type ReleaseConsent = 'schedule-change' | 'reissued-genesis';

/** What a release is held against. */
export interface ReleaseExpectation {
  readonly definition: NetworkDefinition;
  readonly iteration: number;
  /** The validators root of the iteration before, when known. */
  readonly previousValidatorsRoot?: string;
  /** What this iteration is known as already: any other identity under its number is a re-released genesis. */
  readonly knownIdentity?: NetworkIdentity;
  readonly consents?: readonly ReleaseConsent[];
}

/** One failed check. What it means: `reject` the release, ask for `consent`, or only `tell`. */
export interface FailedCheck {
  readonly finding: Finding;
  readonly effect: 'reject' | 'tell' | ReleaseConsent;
}
