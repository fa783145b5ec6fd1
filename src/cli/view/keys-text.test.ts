import { describe, expect, it } from 'vitest';
import { publicKeyOf } from '../../core/keys/public-key.ts';
import type { ListedKey } from '../../operations/keys/list-keys.ts';
import { plainStyle } from '../output/style.ts';
import { listKeysText } from './keys-text.ts';

const listed = (seed: number, held: ListedKey['held']): ListedKey => ({
  keySet: held === 'local' ? 'main' : 'signer',
  pubkey: publicKeyOf(new Uint8Array(48).fill(seed).fill(0x80, 0, 1)),
  held,
  nextGenesis: { included: 'unknown' },
  thisGenesis: { included: true, index: seed },
  messages: [],
});
const lines = (...keys: ListedKey[]) =>
  listKeysText({ network: 'mine', iteration: 7, keys, notes: [] }, plainStyle).split('\n');

describe('the list of keys', () => {
  it('says where the secrets are once a remote signer has some', () => {
    const shown = lines(listed(1, 'local'), listed(2, 'remote'));
    expect(shown[1]).toMatch(/^set +key +secret +next genesis/);
    expect(shown[2]).toMatch(/^main +\S+ +here +unknown +#1/);
    expect(shown[3]).toMatch(/^signer +\S+ +with a signer +unknown +#2/);
  });

  it('does not where all are here', () => {
    expect(lines(listed(1, 'local'))[1]).toMatch(/^set +key +next genesis/);
  });
});
