import { expect, it } from 'vitest';
import { requireConsent } from './require-consent.ts';

const asked = { node: 'home', layer: 'consensus', kind: 'resync', consent: false } as const;

it('says what a person agrees to, and that of one program both layers begin again', () => {
  expect(() => requireConsent(asked, {})).toThrow('the other layer stays as it is');
  expect(() => requireConsent(asked, { hostedBy: 'erigon' })).toThrow('both layers fetch their data anew');
  expect(() => requireConsent({ ...asked, consent: true }, { hostedBy: 'erigon' })).not.toThrow();
  expect(() => requireConsent({ ...asked, kind: 'restart' }, { hostedBy: 'erigon' })).not.toThrow();
});
