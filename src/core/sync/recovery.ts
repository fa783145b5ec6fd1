import type { ChainLayer } from '../node/desired.ts';

export const recoveryKinds = ['restart', 'next-provider', 'resync'] as const;
export type RecoveryKind = (typeof recoveryKinds)[number];

/** Something that may help a layer that does not come forward. */
export interface RecoveryStep {
  readonly kind: RecoveryKind;
  readonly layer: ChainLayer;
  readonly words: string;
  /** Data that were fetched are fetched again: a person has to agree. */
  readonly needsConsent: boolean;
}

/** What to try for a stalled layer, the least harmful first. */
export function recoverySteps(
  layer: ChainLayer,
  {
    beganAtCheckpoint,
    isOneProgram = false,
  }: {
    readonly beganAtCheckpoint: boolean;
    /** Both layers are one program, with one directory. */
    readonly isOneProgram?: boolean;
  },
): readonly RecoveryStep[] {
  const client = isOneProgram ? 'client that is both layers' : `${layer} client`;
  const other = isOneProgram ? 'both layers fetch their data anew' : 'the other layer stays as it is';
  const step = (kind: RecoveryKind, words: string): RecoveryStep => ({
    kind,
    layer,
    words,
    needsConsent: kind !== 'restart',
  });
  return [
    step('restart', `restart the ${client} on the data that it has`),
    ...(layer === 'consensus' && beganAtCheckpoint
      ? [
          step(
            'next-provider',
            `begin the ${client} again, in a new directory, at another provider’s checkpoint`,
          ),
        ]
      : []),
    step('resync', `begin the ${client} again, in a new directory; ${other}`),
  ];
}
