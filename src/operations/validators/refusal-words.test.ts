import { expect, it } from 'vitest';
import type { OwnershipRefusal } from '../../core/keys/ownership.ts';
import { refusalFinding } from './refusal-words.ts';

it.each<[OwnershipRefusal, string, string]>([
  ['moving', 'EPH-VALIDATORS-KEYS-MOVING', 'warning'],
  ['binding-changed', 'EPH-VALIDATORS-KEYS-NOT-OURS', 'critical'],
  ['other-installation', 'EPH-VALIDATORS-KEYS-NOT-OURS', 'critical'],
  ['other-node', 'EPH-VALIDATORS-KEYS-NOT-OURS', 'critical'],
])('keys that may not sign because of %s are %s, %s', (because, code, severity) => {
  const refusal = { right: 'none', because, owner: 'second' } as const;
  const found = refusalFinding(refusal, { keySet: 'main', node: 'home' });
  expect(found).toMatchObject({ code, severity, subject: { node: 'home', layer: 'validator' } });
  expect(found.long).toContain('main');
  expect(found.remedy).toMatch(/ephemery (validators move|keys claim) main/);
});
