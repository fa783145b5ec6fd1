import { cpSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeKeySet } from '../../../test/support/key-sets.ts';
import { networkServices } from '../../../test/support/network-services.ts';
import { seededRandom } from '../../base/random.ts';
import { Secret } from '../../base/secret.ts';
import { readDepositData } from '../../core/keys/deposit-data.ts';
import { standingOf } from '../../core/keys/kept-message.ts';
import { readMnemonic } from '../../core/keys/mnemonic.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import { buildNetwork } from '../network/build-network.ts';
import { fetchNetworkRelease } from '../network/fetch-release.ts';
import { changeCredentials } from './change-credentials.ts';
import { depositAgain } from './deposit-again.ts';
import { depositKeys } from './deposit-keys.ts';
import { genesisFile } from './genesis-file.ts';
import { listDeposits } from './list-deposits.ts';
import { listKeys } from './list-keys.ts';
import { newKeys } from './new-keys.ts';
import { showKey } from './show-key.ts';
import { signExits } from './sign-exits.ts';
import { depositNetwork } from './signing-network.ts';
import { voidMessageFindings } from './void-messages.ts';

// Real releases of two iterations, one after the other: what was signed in the first, seen in the second.
const baseTimeSeconds = 1_746_544_000;
const periodSeconds = 86_400;
const iteration = 100;
const address = '0x4D496CcC28058B1D74B7a19541663E21154f9c84';
const words = 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about';
const watch = { signal: new AbortController().signal, onProgress: () => undefined };
const network = './network.yaml';
const backup = { noBackup: true };

let services: Awaited<ReturnType<typeof networkServices>> & { random: ReturnType<typeof seededRandom> };
let inGenesis: PublicKey;
let outside: PublicKey;
let toBlsKey: PublicKey;

const at = (name: string) => join(services.folder, name);

async function release(each: number): Promise<void> {
  await buildNetwork(
    services,
    { inputs: 'inputs', iteration: each, out: `releases/mine-${each}`, tagPrefix: 'mine-' },
    watch,
  );
  const fetched = await fetchNetworkRelease(
    services,
    { network, iteration: each, refresh: false, crossCheck: false },
    watch,
  );
  expect(fetched.outcome).toBe('held');
}

const deposits = (out: string, keys: readonly string[], amountGwei: number) =>
  depositNetwork(services, { network }).then((of) =>
    depositKeys(
      services,
      { choice: { keys }, deposit: { credentials: '0x02', address, amountGwei, network: of }, out },
      watch,
    ),
  );

beforeAll(async () => {
  const nowMs = (baseTimeSeconds + iteration * periodSeconds + 3_600) * 1_000;
  services = { ...(await networkServices(nowMs)), random: seededRandom('across a reset') };
  cpSync(join(import.meta.dirname, '../../../test/fixtures/genesis-inputs'), at('inputs'), {
    recursive: true,
  });
  const sources = [{ kind: 'directory', path: './releases' }];
  await writeFile(
    at('network.yaml'),
    JSON.stringify({
      name: 'mine',
      baseTimeSeconds,
      baseChainId: 7_000_000,
      periodSeconds,
      genesisDelaySeconds: 300,
      releaseSources: sources,
    }),
  );
  [inGenesis = '0x', outside = '0x'] = await writeKeySet(services.paths.root, 'main', [201, 202]);
  await release(iteration);
});
afterAll(() => services?.remove());

describe('across a reset', () => {
  it('exits and changes of credentials can be sent while their network lives', async () => {
    await signExits(
      services,
      { network, choice: { keys: [outside] }, index: 7, epoch: 0, out: 'exit.json' },
      watch,
    );
    const sending = {
      network,
      choice: { keys: [outside] },
      index: 7,
      epoch: 0,
      out: 'unsent.json',
      send: true,
    };
    await expect(
      signExits(services, { ...sending, beacon: 'http://127.0.0.1:9' }, watch),
    ).rejects.toMatchObject({ code: 'EPH-KEYS-BEACON' });
    await expect(readFile(at('unsent.json'))).rejects.toMatchObject({ code: 'ENOENT' });
    const mnemonic = readMnemonic(new Secret(words));
    await newKeys(
      services,
      {
        mnemonic,
        passphrase: new Secret(''),
        startIndex: 0,
        count: 1,
        derivation: 'pbkdf2',
        into: { keySet: 'own' },
        backup,
      },
      watch,
    );
    await changeCredentials(
      services,
      {
        network,
        mnemonic,
        passphrase: new Secret(''),
        startIndex: 0,
        validatorIndices: [9],
        withdrawalAddress: address,
        out: 'changes.json',
      },
      watch.signal,
    );
    const { keys } = await listKeys(services, { network, keys: [] });
    const told = keys.map(({ keySet, messages }) => [
      keySet,
      messages.map(({ kind, standing }) => [kind, standing]),
    ]);
    expect(told).toEqual(
      expect.arrayContaining([
        ['main', []],
        ['main', [['exit', 'holds']]],
        ['own', [['credentials-change', 'holds']]],
      ]),
    );
    expect(await voidMessageFindings(services)).toEqual([]);
  });

  it('deposits of the last iteration are to be made again for those whom the new genesis has not', async () => {
    await deposits('first.json', [inGenesis, outside], 32_000_000_000);
    await deposits('second.json', [outside], 64_000_000_000);
    const made = await newKeys(
      services,
      {
        mnemonic: readMnemonic(new Secret(words)),
        passphrase: new Secret(''),
        startIndex: 1,
        count: 1,
        derivation: 'pbkdf2',
        into: { keySet: 'own', depositFile: 'new.json' },
        deposit: {
          credentials: '0x00',
          amountGwei: 32_000_000_000,
          network: await depositNetwork(services, { network }),
        },
        backup,
      },
      watch,
    );
    toBlsKey = made.keys[0]?.pubkey ?? '0x';
    const wish = { choice: { keys: [inGenesis] }, name: 'me', node: 1, inputs: 'inputs', backup };
    await genesisFile(services, {
      ...wish,
      deposit: { credentials: '0x02', address, amountGwei: 32_000_000_000 },
    });
    services.clock.jump(periodSeconds * 1_000);
    expect((await listDeposits(services, { network })).deposits.map(({ now }) => now)).toEqual([
      'unknown',
      'unknown',
      'unknown',
    ]);
    await expect(depositAgain(services, { network, out: 'again.json' }, watch)).rejects.toMatchObject({
      code: 'EPH-KEYS-NO-DEPOSITS',
      facts: { unknown: 3 },
    });
    await release(iteration + 1);
    const listed = await listDeposits(services, { network });
    expect(listed).toMatchObject({ iteration: iteration + 1 });
    expect(
      new Map(listed.deposits.map(({ pubkey, now, amountGwei }) => [pubkey, [now, amountGwei]])),
    ).toEqual(
      new Map([
        [inGenesis, ['in-genesis', 32_000_000_000]],
        [outside, ['outside', 64_000_000_000]],
        [toBlsKey, ['outside', 32_000_000_000]],
      ]),
    );
  });

  it('they are signed again, with the call that sends them', async () => {
    const report = await depositAgain(services, { network, out: 'again.json' }, watch);
    const [read] = readDepositData('again.json', await readFile(at('again.json'), 'utf8'));
    expect([report.deposits.length, read?.problems, read?.message.amountGwei]).toEqual([
      1,
      [],
      64_000_000_000,
    ]);
    // Made again only with the mnemonic.
    expect(report.needMnemonic).toEqual([toBlsKey]);
    const [entry] = report.deposits;
    const [sent] = report.transactions ?? [];
    expect(`0x${entry?.pubkey}`).toBe(outside);
    expect(sent?.valueWei).toBe('64000000000000000000');
    expect(sent?.to).toMatch(/^0x[0-9a-fA-F]{40}$/);
    const selector = Buffer.from(keccak_256(Buffer.from('deposit(bytes,bytes,bytes,bytes32)'))).toString(
      'hex',
    );
    expect(sent?.data.slice(2, 10)).toBe(selector.slice(0, 8));
    expect(decoded(sent?.data ?? '')).toEqual([
      entry?.pubkey,
      entry?.withdrawal_credentials,
      entry?.signature,
      entry?.deposit_data_root,
    ]);
    // Made in this iteration now, so that the next reset lists them.
    const { deposits: now } = await listDeposits(services, { network, from: iteration + 1 });
    expect(now.map(({ pubkey }) => pubkey)).toEqual([outside]);
  });

  it('what was signed for the old network is told void, and is a finding while it lies there', async () => {
    const { keys } = await listKeys(services, { network, keys: [] });
    expect(keys.flatMap(({ messages }) => messages.map(({ standing }) => standing))).toEqual([
      'void',
      'void',
    ]);
    const shown = await showKey(services, { key: outside, prove: false }, watch);
    expect(shown.messages).toMatchObject([
      { kind: 'exit', iteration, standing: 'void', file: at('exit.json') },
    ]);
    expect((await voidMessageFindings(services)).map(({ code, facts }) => [code, facts.file])).toEqual(
      expect.arrayContaining([
        ['EPH-VALIDATORS-MESSAGE-VOID', at('exit.json')],
        ['EPH-VALIDATORS-MESSAGE-VOID', at('changes.json')],
      ]),
    );
    await rm(at('exit.json'));
    expect((await voidMessageFindings(services)).map(({ facts }) => facts.file)).toEqual([
      at('changes.json'),
    ]);
  });
});

describe('exits of several keys', () => {
  let beacon: string;
  const state = createServer((_, response) => {
    const validator = { pubkey: outside };
    const found = { index: '7', balance: '32000000000', status: 'active_ongoing', validator };
    response.end(JSON.stringify({ data: [found] }));
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => state.listen(0, '127.0.0.1', resolve));
    beacon = `http://127.0.0.1:${(state.address() as AddressInfo).port}`;
  });
  afterAll(() => state.close());
  const exits = (keys: readonly string[], out: string) =>
    signExits(services, { network, choice: { keys }, epoch: 0, out, beacon }, watch);

  it('are signed for those that are validators, and the others are told', async () => {
    const report = await exits([inGenesis, outside], 'some.json');
    expect(report.exits).toEqual([{ pubkey: outside, index: 7 }]);
    expect(report.unsigned).toEqual([
      { pubkey: inGenesis, reason: `it is no validator in the state of ${beacon}` },
    ]);
    expect(JSON.parse(await readFile(at('some.json'), 'utf8'))).toMatchObject({
      message: { validator_index: '7' },
    });
  });

  it('are one for a key that is named twice', async () => {
    expect((await exits([outside, outside.slice(0, 12)], 'once.json')).exits).toHaveLength(1);
  });

  it('are none where no key is a validator, and no file is made', async () => {
    await expect(exits([inGenesis], 'none.json')).rejects.toMatchObject({ code: 'EPH-KEYS-NO-VALIDATOR' });
    await expect(readFile(at('none.json'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('are not made where nothing can be written', async () => {
    await writeFile(at('F'), '');
    const unwritable = { code: 'EPH-KEYS-OUTPUT-UNWRITABLE' };
    await expect(exits([outside], 'F/x.json')).rejects.toMatchObject(unwritable);
    await expect(deposits('F/x.json', [outside], 32_000_000_000)).rejects.toMatchObject(unwritable);
    await deposits('new/folder/d.json', [outside], 32_000_000_000);
    const built = { inputs: 'inputs', iteration, out: 'F/x', tagPrefix: 'mine-' };
    await expect(buildNetwork(services, built, watch)).rejects.toMatchObject(unwritable);
  });
});

/** The four arguments of a deposit's call, by the offsets in it. */
function decoded(data: string): readonly string[] {
  const call = data.slice(10);
  const word = (place: number) => call.slice(place * 2, place * 2 + 64);
  const bytes = (place: number) => {
    const length = Number.parseInt(word(place), 16);
    return call.slice((place + 32) * 2, (place + 32 + length) * 2);
  };
  return [...[0, 32, 64].map((place) => bytes(Number.parseInt(word(place), 16))), word(96)];
}

describe('the standing of a message', () => {
  const exit = {
    kind: 'exit',
    network: 'mine',
    iteration: 5,
    endsAtMs: 1_000,
    genesisValidatorsRoot: '0xaa',
    signedAtMs: 1,
    file: 'exit.json',
    keys: [],
  } as const;

  it('is void at the end of its iteration, whatever else is known', () => {
    expect(standingOf(exit, { nowMs: 999 })).toBe('holds');
    expect(standingOf(exit, { nowMs: 1_000 })).toBe('void');
  });

  it('is void when its iteration was begun again with another genesis', () => {
    const now = { nowMs: 500, iteration: 5 };
    expect(standingOf(exit, { ...now, genesisValidatorsRoot: '0xaa' })).toBe('holds');
    expect(standingOf(exit, { ...now, genesisValidatorsRoot: '0xbb' })).toBe('void');
    expect(standingOf(exit, { ...now, iteration: 4 })).toBe('early');
  });

  it('of a deposit never ends', () => {
    expect(standingOf({ ...exit, kind: 'deposit' }, { nowMs: 2_000 })).toBe('holds');
  });
});
