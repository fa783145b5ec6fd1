import { describe, expect, it } from 'vitest';
import { starterChoices } from '../../config/starter.ts';
import { firstConfigText } from './first-config-text.ts';

const file = '/here/ephemery.yaml';

describe('what is said of a first configuration', () => {
  it('on the public network is what was chosen, why these clients, and where the others are', () => {
    const text = firstConfigText({ file, choices: starterChoices('ephemery', 'container') });
    expect(text).toContain('Wrote /here/ephemery.yaml: a node on ephemery, reth with nimbus, as containers.');
    expect(text).toContain('Few nodes run these two');
    expect(text).toContain('`ephemery clients` lists the others');
  });

  it('on a local network is no advice, since there is one pair for it', () => {
    const text = firstConfigText({ file, choices: starterChoices('devnet', 'process'), copy: `${file}.1` });
    expect(text).toContain('ethereumjs with mayfly, as plain programs');
    expect(text).toContain(`kept as ${file}.1`);
    expect(text).not.toContain('Few nodes');
  });
});
