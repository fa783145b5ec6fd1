import {
  MAX_ATTESTER_SLASHINGS_ELECTRA,
  MAX_BLS_TO_EXECUTION_CHANGES,
  MAX_PROPOSER_SLASHINGS,
  MAX_VOLUNTARY_EXITS,
} from '@lodestar/params';
import {
  isSlashableValidator,
  isValidBlsToExecutionChange,
  isValidVoluntaryExit,
} from '@lodestar/state-transition';
import type { capella, electra, phase0 } from '@lodestar/types';
import type { BlockBody, ChainState } from '../types.ts';

/** Told of every change of the pool. */
export interface OperationKeeper {
  changed(): void;
  settled(): Promise<void>;
}

/** What the pool holds, oldest first. */
export interface WaitingOperations {
  readonly voluntaryExits: readonly phase0.SignedVoluntaryExit[];
  readonly proposerSlashings: readonly phase0.ProposerSlashing[];
  readonly attesterSlashings: readonly electra.AttesterSlashing[];
  readonly blsToExecutionChanges: readonly capella.SignedBLSToExecutionChange[];
}

/**
 * Exits, slashings and credential changes that wait for a block. Whoever adds one has verified it; what has
 * become pointless meanwhile (already exited, already slashed) is left out of the block and dropped.
 */
export class OperationPool {
  private readonly exits = new Map<number, phase0.SignedVoluntaryExit>();
  private readonly proposerSlashings = new Map<number, phase0.ProposerSlashing>();
  private attesterSlashings: electra.AttesterSlashing[] = [];
  private readonly blsChanges = new Map<number, capella.SignedBLSToExecutionChange>();
  private keeper: OperationKeeper | undefined;

  /** From now on somebody keeps what waits here over a restart. */
  keepWith(keeper: OperationKeeper): void {
    this.keeper = keeper;
  }

  /** Resolves when what was added so far is kept, where somebody keeps it. */
  async settled(): Promise<void> {
    await this.keeper?.settled();
  }

  addVoluntaryExit(exit: phase0.SignedVoluntaryExit): void {
    this.exits.set(exit.message.validatorIndex, exit);
    this.keeper?.changed();
  }

  addProposerSlashing(slashing: phase0.ProposerSlashing): void {
    this.proposerSlashings.set(slashing.signedHeader1.message.proposerIndex, slashing);
    this.keeper?.changed();
  }

  addAttesterSlashing(slashing: electra.AttesterSlashing): void {
    const named = new Set(this.attesterSlashings.flatMap(slashedBy));
    if (!slashedBy(slashing).some((index) => !named.has(index))) return;
    this.attesterSlashings.push(slashing);
    this.keeper?.changed();
  }

  addBlsChange(change: capella.SignedBLSToExecutionChange): void {
    this.blsChanges.set(change.message.validatorIndex, change);
    this.keeper?.changed();
  }

  all() {
    return {
      voluntaryExits: [...this.exits.values()],
      proposerSlashings: [...this.proposerSlashings.values()],
      attesterSlashings: [...this.attesterSlashings],
      blsToExecutionChanges: [...this.blsChanges.values()],
    };
  }

  /** What a block on this pre-state can carry. */
  forBlock(
    state: ChainState,
  ): Pick<BlockBody, 'voluntaryExits' | 'proposerSlashings' | 'attesterSlashings' | 'blsToExecutionChanges'> {
    const proposerSlashings = [...this.proposerSlashings.values()]
      .filter((slashing) => isSlashable(state, slashing.signedHeader1.message.proposerIndex))
      .slice(0, MAX_PROPOSER_SLASHINGS);
    const slashed = new Set(
      proposerSlashings.map((slashing) => slashing.signedHeader1.message.proposerIndex),
    );
    const attesterSlashings = this.attesterSlashings
      .filter((slashing) => slashedBy(slashing).some((i) => !slashed.has(i) && isSlashable(state, i)))
      .slice(0, MAX_ATTESTER_SLASHINGS_ELECTRA);
    for (const slashing of attesterSlashings) for (const index of slashedBy(slashing)) slashed.add(index);
    return {
      proposerSlashings,
      attesterSlashings,
      voluntaryExits: this.exitsFor(state, slashed),
      blsToExecutionChanges: [...this.blsChanges.values()]
        .filter((change) => canChangeCredentials(state, change))
        .slice(0, MAX_BLS_TO_EXECUTION_CHANGES),
    };
  }

  /**
   * Forgets what this finalized state has made pointless. What only a head has taken in stays: with a reorg it waits
   * again, and until then `forBlock` leaves it out.
   */
  prune(finalized: ChainState): void {
    const before = this.size;
    const isKnown = (index: number) => index < finalized.validators.length;
    const isOut = (index: number) => isKnown(index) && isPunished(finalized, index);
    for (const index of this.exits.keys()) {
      const isLeaving = isKnown(index) && finalized.validators.getReadonly(index).exitEpoch !== Infinity;
      if (isLeaving) this.exits.delete(index);
    }
    for (const index of this.proposerSlashings.keys()) {
      if (isOut(index)) this.proposerSlashings.delete(index);
    }
    this.attesterSlashings = this.attesterSlashings.filter((slashing) => !slashedBy(slashing).every(isOut));
    for (const [index, change] of this.blsChanges) {
      if (isKnown(index) && !canChangeCredentials(finalized, change)) this.blsChanges.delete(index);
    }
    if (this.size !== before) this.keeper?.changed();
  }

  private get size(): number {
    const { exits, proposerSlashings, attesterSlashings, blsChanges } = this;
    return exits.size + proposerSlashings.size + attesterSlashings.length + blsChanges.size;
  }

  private exitsFor(state: ChainState, slashed: ReadonlySet<number>): phase0.SignedVoluntaryExit[] {
    const fork = state.config.getForkSeq(state.slot);
    return [...this.exits.values()]
      .filter((exit) => !slashed.has(exit.message.validatorIndex))
      .filter((exit) => exit.message.validatorIndex < state.validators.length)
      .filter((exit) => isValidVoluntaryExit(fork, state, exit, false))
      .slice(0, MAX_VOLUNTARY_EXITS);
  }
}

/** The validators that an attester slashing names in both of its attestations. */
export function slashedBy(slashing: electra.AttesterSlashing): number[] {
  const second = new Set(slashing.attestation2.attestingIndices);
  return slashing.attestation1.attestingIndices.filter((index) => second.has(index));
}

function canChangeCredentials(state: ChainState, change: capella.SignedBLSToExecutionChange): boolean {
  const index = change.message.validatorIndex;
  if (index >= state.validators.length) return false;
  return isValidBlsToExecutionChange(state.config, state.validators.getReadonly(index), change, false).valid;
}

/** Whether a proof against this validator cannot take effect any more. */
function isPunished(state: ChainState, index: number): boolean {
  const { slashed, withdrawableEpoch } = state.validators.getReadonly(index);
  return slashed || state.epochCtx.epoch >= withdrawableEpoch;
}

/** Whether a proof against this validator still takes effect. */
export function isSlashable(state: ChainState, index: number): boolean {
  if (index >= state.validators.length) return false;
  return isSlashableValidator(state.validators.getReadonly(index), state.epochCtx.epoch);
}
