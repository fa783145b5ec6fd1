import { expect, it } from 'vitest';
import { toldBy } from '../../test/support/told-by.ts';
import { encrypterFor, newIdentity } from './lock.ts';

const refusal = async (recipient: string) =>
  encrypterFor({ kind: 'recipients', recipients: [recipient] }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );

it('an identity that is given in the place of its recipient is refused, and shown to nobody', async () => {
  const { identity, recipient } = await newIdentity();
  const told = toldBy(await refusal(identity));
  expect(told).toContain('EPH-BACKUP-RECIPIENT');
  expect(told).not.toContain(identity.slice(20, 40));
  expect(await refusal(recipient)).toBeUndefined();
  expect(toldBy(await refusal(`${recipient}x`))).toContain(recipient);
});
