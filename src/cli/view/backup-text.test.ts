import { expect, it } from 'vitest';
import { publicKeyOf } from '../../core/keys/public-key.ts';
import { plainStyle } from '../output/style.ts';
import { madeText } from './backup-text.ts';

it('a backup names the keys that cannot be restored from it', () => {
  const key = publicKeyOf(new Uint8Array(48).fill(1).fill(0x80, 0, 1));
  const made = {
    name: 'b.age',
    installation: 'i',
    createdAtMs: 0,
    files: 3,
    bytes: 10,
    keys: { main: 1 },
    remoteKeys: {},
    unsound: [{ keySet: 'main', key, reason: 'its password does not lie beside it' }],
    behind: [],
    targets: [],
  };
  const shown = madeText(made, plainStyle);
  expect(shown).toContain('keys: 1 of main');
  expect(shown).toMatch(/not whole: 0x80\S* of main: its password does not lie beside it/);
  expect(shown).toContain('earlier backup');
  expect(shown).toContain('No keystore was opened for it');
  expect(madeText({ ...made, keys: {} }, plainStyle)).not.toContain('opened');
});
