import { expect, it } from 'vitest';
import { plainStyle } from '../output/style.ts';
import { importKeysText } from './import-keys-text.ts';

it('an import names what it passed over, with the reason, and what opens locked keystores', () => {
  const report = {
    from: '/from',
    keySet: 'main',
    dryRun: false,
    new: [],
    known: [],
    broken: [{ path: 'k.json', problem: 'no password that is known opens it' }],
    foreign: [],
    passedOver: [{ path: 'a\u001b.bz2', why: 'an archive of another kind' }],
    remedy: 'Give its password.',
  };
  const shown = importKeysText(report, plainStyle);
  expect(shown).not.toContain('\u001b');
  expect(shown.split('\n')).toEqual([
    'broken  k.json: no password that is known opens it',
    expect.stringMatching(/^passed over a.*\.bz2: an archive of another kind$/),
    '0 keys imported into the key set main; 0 known, 1 broken, 0 foreign, 1 passed over.',
    'Give its password.',
  ]);
});
