import type { AssembledNode } from '../fleet/fleet.ts';
import type { EffectiveConfig } from '../services.ts';

/** What a root is examined with. */
export interface Examination {
  readonly config: EffectiveConfig | undefined;
  /** Assembled for reading; none when the configuration cannot be used. */
  readonly nodes: readonly AssembledNode[];
  /** A supervisor is alive: it, or who asks it. */
  readonly isSupervised: boolean;
  /** Why nobody answers for a root that somebody holds, where that was found out already. */
  readonly silence?: string;
}
