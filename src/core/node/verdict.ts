import type { Answer } from '../../base/answer.ts';
import type { NetworkIdentity } from '../network/identity.ts';
import type { ConsensusReport, ExecutionReport } from './observed.ts';

/** Whether a client is on a network, as far as it has said. Silence is never `wrong`. */
export type IdentityVerdict = 'right' | 'wrong' | 'unknown';

function agrees<T>(answer: Answer<T>, expected: T): IdentityVerdict {
  if (!answer.known) return 'unknown';
  return answer.value === expected ? 'right' : 'wrong';
}

function all(verdicts: readonly IdentityVerdict[]): IdentityVerdict {
  if (verdicts.includes('wrong')) return 'wrong';
  return verdicts.every((verdict) => verdict === 'right') ? 'right' : 'unknown';
}

function lowered(answer: Answer<string>): Answer<string> {
  return answer.known ? { known: true, value: answer.value.toLowerCase() } : answer;
}

/** Execution is identified by its chain id and the hash of block 0. */
export function executionVerdict(report: ExecutionReport, identity: NetworkIdentity): IdentityVerdict {
  return all([
    agrees(report.chainId, identity.chainId),
    agrees(lowered(report.genesisHash), identity.executionGenesisHash.toLowerCase()),
  ]);
}

/** Consensus is identified by its genesis time and validators root. */
export function consensusVerdict(report: ConsensusReport, identity: NetworkIdentity): IdentityVerdict {
  return all([
    agrees(report.genesisTimeSeconds, identity.genesisTimeSeconds),
    agrees(lowered(report.genesisValidatorsRoot), identity.genesisValidatorsRoot.toLowerCase()),
  ]);
}
