import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundleFiles } from '../../core/network/bundle.ts';
import { buildRelease } from '../build-release.ts';
import { readInputs } from '../read-inputs.ts';
import { executionBlockHashOf } from './block-hash-of.ts';

const fixture = join(import.meta.dirname, '../../../test/fixtures/genesis-inputs');
let text: string;
let expected: string;
beforeAll(async () => {
  const release = await buildRelease({ inputs: await readInputs(fixture), iteration: 3, archives: false });
  text = new TextDecoder().decode(release.files.get(bundleFiles.executionGenesis));
  expected = release.identity.executionGenesisHash;
});

type Json = Record<string, unknown> & {
  config: Record<string, unknown>;
  alloc: Record<string, Record<string, unknown>>;
};
function changed(change: (genesis: Json) => void): string {
  const genesis = JSON.parse(text) as Json;
  change(genesis);
  return JSON.stringify(genesis);
}

describe('the block of somebody’s genesis.json', () => {
  it('is the one that was built', () => {
    expect(executionBlockHashOf(text)).toBe(expected);
  });

  it('is the same however numbers and addresses are spelt', () => {
    const respelt = changed((genesis) => {
      genesis.timestamp = `0x${BigInt(genesis.timestamp as string).toString(16)}`;
      genesis.gasLimit = Number(genesis.gasLimit);
      genesis.mixHash = genesis.mixhash;
      delete genesis.mixhash;
      genesis.alloc = Object.fromEntries(
        Object.entries(genesis.alloc).map(([address, account]) => [
          address.slice(2).toUpperCase(),
          { ...account, balance: `0x${BigInt(account.balance as string).toString(16)}` },
        ]),
      );
    });
    expect(executionBlockHashOf(respelt)).toBe(expected);
  });

  it.each<[string, (genesis: Json) => void]>([
    [
      'an account more',
      (genesis) => Object.assign(genesis.alloc, { [`0x${'77'.repeat(20)}`]: { balance: '1' } }),
    ],
    ['other extra data', (genesis) => Object.assign(genesis, { extraData: '0x01' })],
    ['another time', (genesis) => Object.assign(genesis, { timestamp: '1' })],
    ['a fork less', (genesis) => Object.assign(genesis.config, { pragueTime: undefined })],
  ])('is another with %s', (_, change) => {
    const hash = executionBlockHashOf(changed(change));
    expect(hash).toMatch(/^0x[0-9a-f]{64}$/);
    expect(hash).not.toBe(expected);
  });

  it.each<[string, (genesis: Json) => void]>([
    ['a fork that is not known', (genesis) => Object.assign(genesis.config, { amsterdamTime: 0 })],
    ['no difficulty', (genesis) => Object.assign(genesis, { difficulty: undefined })],
    [
      'an address twice',
      (genesis) =>
        Object.assign(genesis.alloc, {
          ['AB'.repeat(20)]: { balance: '1' },
          ['ab'.repeat(20)]: { balance: '1' },
        }),
    ],
    ['no hex', (genesis) => Object.assign(genesis, { coinbase: 'me' })],
    ['a base fee of its own', (genesis) => Object.assign(genesis, { baseFeePerGas: '7' })],
  ])('is not computed with %s', (_, change) => {
    expect(executionBlockHashOf(changed(change))).toBeUndefined();
  });

  it('is not computed of what is no genesis', () => {
    expect(['', 'null', '[]', '{}', '{"config":{}}'].map(executionBlockHashOf)).toEqual(
      Array(5).fill(undefined),
    );
  });
});
