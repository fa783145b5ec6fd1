import { expect, it } from 'vitest';
import { errorJson } from '../cli/output/error-text.ts';
import { encrypterFor, newIdentity } from './lock.ts';

const refusal = async (recipient: string) =>
  encrypterFor({ kind: 'recipients', recipients: [recipient] }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );

it('an identity that is given in the place of its recipient is refused, and shown to nobody', async () => {
  const { identity, recipient } = await newIdentity();
  const told = errorJson(await refusal(identity));
  expect(told.error.code).toBe('EPH-BACKUP-RECIPIENT');
  expect(JSON.stringify(told)).not.toContain(identity.slice(20, 40));
  expect(await refusal(recipient)).toBeUndefined();
  expect(errorJson(await refusal(`${recipient}x`)).error.message).toContain(recipient);
});
