import type { ClientDefinition } from './client.ts';

/** What of a node decides whether its clients work together. */
export interface PairFacts {
  /** Absent when it is none of the catalogue's: that is told elsewhere. */
  readonly execution?: ClientDefinition;
  readonly consensus: ClientDefinition;
  readonly validator?: {
    readonly definition: ClientDefinition;
    readonly hasSigner: boolean;
    /** That is the node's own. */
    readonly hasOwnSigner: boolean;
    readonly hasFeeRecipient: boolean;
  };
  /** The network's name when it is a local one, which has a producer and no peers. */
  readonly localNetwork?: string;
  /** Names of consensus clients that follow a producer. */
  readonly followers: readonly string[];
}

export interface PairProblem {
  readonly layer: 'consensus' | 'validator';
  readonly key: 'client' | 'signerUrl' | 'feeRecipient';
  readonly problem: string;
  readonly remedy: string;
}

/** Why these clients cannot run as one node, by what their entries say. Which forks they reach is asked elsewhere. */
export function pairProblems(facts: PairFacts): readonly PairProblem[] {
  return [...withoutHost(facts), ...withoutPeers(facts), ...validatorNeeds(facts)];
}

function withoutHost({ execution, consensus, validator }: PairFacts): PairProblem[] {
  return [
    ...(execution === undefined ? [] : outside(consensus, execution, 'consensus')),
    ...(validator === undefined ? [] : outside(validator.definition, consensus, 'validator')),
  ];
}

function outside(
  { hostedBy, displayName }: ClientDefinition,
  other: ClientDefinition,
  layer: PairProblem['layer'],
): PairProblem[] {
  if (hostedBy === undefined || other.id === hostedBy) return [];
  return [
    {
      layer,
      key: 'client',
      problem: `${displayName} runs inside ${hostedBy}, and the ${other.layer} client is ${other.displayName}`,
      remedy: `Choose ${hostedBy} as the ${other.layer} client, or a ${layer} client with a program of its own.`,
    },
  ];
}

function withoutPeers({ consensus, localNetwork, followers }: PairFacts): PairProblem[] {
  if (localNetwork === undefined || consensus.followsProducer === true) return [];
  return [
    {
      layer: 'consensus',
      key: 'client',
      problem: `${consensus.displayName} finds no peers on the local network ${localNetwork}`,
      remedy: `A local network has a producer and no peers. Use one that follows it: ${followers.join(', ')}.`,
    },
  ];
}

function validatorNeeds({ validator }: PairFacts): PairProblem[] {
  if (validator === undefined) return [];
  const { definition, hasSigner, hasOwnSigner, hasFeeRecipient } = validator;
  const { displayName } = definition;
  return [
    ...(definition.needsOwnSigner === true && !hasOwnSigner
      ? [
          {
            layer: 'validator',
            key: 'client',
            problem: `${displayName} signs only with a signer of the node's own`,
            remedy:
              'Add one to the node, as `signer`, or choose a validator client with a program of its own.',
          } as const,
        ]
      : []),
    ...(definition.needsSigner === true && definition.needsOwnSigner !== true && !hasSigner
      ? [
          {
            layer: 'validator',
            key: 'signerUrl',
            problem: `${displayName} holds no keys and needs a remote signer`,
            remedy: 'Give its address as signerUrl, or choose a validator client that holds keys.',
          } as const,
        ]
      : []),
    ...(definition.needsFeeRecipient === true && !hasFeeRecipient
      ? [
          {
            layer: 'validator',
            key: 'feeRecipient',
            problem: `${displayName} does not start without a fee recipient`,
            remedy: 'Give one as feeRecipient: who gets the fees of proposals.',
          } as const,
        ]
      : []),
  ];
}
