import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { networkServices } from '../../../test/support/network-services.ts';
import { seededRandom } from '../../base/random.ts';
import { Secret } from '../../base/secret.ts';
import { readMnemonic } from '../../core/keys/mnemonic.ts';
import { newKeys } from './new-keys.ts';
import { depositNetwork } from './signing-network.ts';
import { verifyDeposits } from './verify-deposits.ts';

const words = 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about';
const watch = { signal: new AbortController().signal, onProgress: () => undefined };
let services: Awaited<ReturnType<typeof networkServices>> & { random: ReturnType<typeof seededRandom> };
beforeAll(async () => {
  services = { ...(await networkServices(1_796_000_000_000)), random: seededRandom('new keys') };
});
afterAll(() => services?.remove());

it('keys of a set get deposits to a BLS key too, and again when they are known already', {
  timeout: 60_000,
}, async () => {
  const network = await depositNetwork(services, { network: 'ephemery' });
  const deposit = { credentials: '0x00', amountGwei: 32_000_000_000, network } as const;
  const wish = {
    mnemonic: readMnemonic(new Secret(words)),
    passphrase: new Secret(''),
    startIndex: 0,
    count: 2,
    derivation: 'pbkdf2',
    deposit,
    backup: { noBackup: true },
  } as const;
  for (const [depositFile, made] of [
    ['first.json', 2],
    ['second.json', 0],
  ] as const) {
    const report = await newKeys(services, { ...wish, into: { keySet: 'main', depositFile } }, watch);
    expect([report.keys.length, report.depositFile]).toEqual([made, join(services.folder, depositFile)]);
    const checked = await verifyDeposits(services, { file: depositFile, network }, watch);
    expect(checked.deposits.map(({ credentials, problems }) => [credentials, problems])).toEqual([
      ['0x00', []],
      ['0x00', []],
    ]);
    // The deposit tools have it without 0x.
    expect(await readFile(join(services.folder, depositFile), 'utf8')).toContain(
      '"withdrawal_credentials":"00',
    );
  }
});
