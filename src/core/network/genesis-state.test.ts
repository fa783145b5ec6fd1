import { ssz } from '@lodestar/types';
import { describe, expect, it } from 'vitest';
import { type GenesisState, readGenesisState, readPayloadBlockHash } from './genesis-state.ts';

const hash = (byte: string) => Buffer.from(byte.repeat(32), 'hex');
const hex = (byte: string) => `0x${byte.repeat(32)}`;

function serialized(fork: 'phase0' | 'bellatrix' | 'electra' | 'fulu'): Uint8Array {
  const state = ssz[fork].BeaconState.defaultValue();
  state.genesisTime = 1_797_534_600;
  state.genesisValidatorsRoot = hash('aa');
  state.fork = {
    previousVersion: hash('6a').subarray(28),
    currentVersion: hash('7b').subarray(28),
    epoch: 3,
  };
  state.eth1Data.blockHash = hash('bb');
  state.validators = [ssz.phase0.Validator.defaultValue(), ssz.phase0.Validator.defaultValue()];
  if ('latestExecutionPayloadHeader' in state) state.latestExecutionPayloadHeader.blockHash = hash('cc');
  return ssz[fork].BeaconState.serialize(state as never);
}

describe('a serialized genesis state', () => {
  it.each(['phase0', 'bellatrix', 'electra', 'fulu'] as const)('of %s is read by its offsets', (fork) => {
    const bytes = serialized(fork);
    const state = readGenesisState(bytes) as GenesisState;
    expect(state).toMatchObject({
      genesisTimeSeconds: 1_797_534_600,
      genesisValidatorsRoot: hex('aa'),
      slot: 0,
      previousForkVersion: '0x6a6a6a6a',
      currentForkVersion: '0x7b7b7b7b',
      forkEpoch: 3,
      eth1BlockHash: hex('bb'),
    });
    expect(state.validators).toHaveLength(242);
    if (fork !== 'phase0') expect(readPayloadBlockHash(bytes)).toBe(hex('cc'));
  });

  it('cut short anywhere is refused or still whole up to its balances, never an exception', () => {
    const bytes = serialized('electra');
    for (const length of [0, 1, 64, 524_556, 2_687_247]) {
      expect(readGenesisState(bytes.subarray(0, length))).toMatch(/bytes/);
    }
    expect(readGenesisState(bytes.subarray(0, 2_736_800))).toMatch(/outside/);
    expect(readPayloadBlockHash(bytes.subarray(0, 2_736_700))).toBeUndefined();
  });
});
