import type { NetworkValues } from '../values.ts';
import { isScheduled } from './chain-config.ts';
import { depositContractStorage } from './deposit-storage.ts';
import type { GenesisAccount } from './genesis-json.ts';
import type { SystemContract } from './system-contracts.ts';
import {
  beaconRoots,
  blockHashes,
  consolidationRequests,
  depositContractCode,
  withdrawalRequests,
} from './system-contracts.ts';

const zeroSlot = `0x${'0'.repeat(64)}`;
const inhibitor = `0x${'f'.repeat(64)}`;

/**
 * The accounts of the genesis state: one wei at each address from 0x00 to 0xff, so that no precompile is
 * ever an empty account, the contracts that the scheduled forks need, and what `premine` adds or changes.
 */
export function genesisAllocations(
  values: NetworkValues,
  depositContractAddress: string,
  premine: ReadonlyMap<string, GenesisAccount>,
): Record<string, GenesisAccount> {
  const accounts: Record<string, GenesisAccount> = {};
  for (let address = 0; address < 256; address++)
    accounts[`0x${address.toString(16).padStart(40, '0')}`] = { balance: '1' };
  accounts[depositContractAddress.toLowerCase()] = {
    balance: '0',
    code: depositContractCode,
    storage: depositContractStorage(),
  };
  if (isScheduled(values, 'deneb')) accounts[beaconRoots.address] = accountOf(beaconRoots);
  if (isScheduled(values, 'electra'))
    for (const contract of [blockHashes, withdrawalRequests, consolidationRequests])
      accounts[contract.address] = accountOf(contract);
  for (const [address, account] of premine) accounts[address] = { ...accounts[address], ...account };
  return accounts;
}

/** Nonce 1, as of a contract that was created. */
function accountOf(contract: SystemContract): GenesisAccount {
  const account = { balance: '0', nonce: '0x1', code: contract.code };
  return contract.inhibited ? { ...account, storage: { [zeroSlot]: inhibitor } } : account;
}
