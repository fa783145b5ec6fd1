import type { ClientDefinition } from './client.ts';

/** What of a node decides whether its clients work together. */
export interface PairFacts {
  /** Absent when it is none of the catalogue's: that is told elsewhere. */
  readonly execution?: ClientDefinition;
  readonly consensus: ClientDefinition;
  readonly validator?: {
    readonly definition: ClientDefinition;
    readonly hasSigner: boolean;
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

function withoutHost({ execution, consensus }: PairFacts): PairProblem[] {
  const { hostedBy, displayName } = consensus;
  if (hostedBy === undefined || execution === undefined || execution.id === hostedBy) return [];
  return [
    {
      layer: 'consensus',
      key: 'client',
      problem: `${displayName} runs inside ${hostedBy}, and the execution client is ${execution.displayName}`,
      remedy: `Choose ${hostedBy} as the execution client, or a consensus client with a program of its own.`,
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
  const { definition, hasSigner, hasFeeRecipient } = validator;
  const { displayName } = definition;
  return [
    ...(definition.needsSigner === true && !hasSigner
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
