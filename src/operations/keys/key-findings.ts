import type { Finding } from '../../core/findings/finding.ts';
import { validatorFindings } from '../../core/findings/validators.ts';
import { foundKeys } from '../../storage/files/found-keys.ts';
import { bindingChanges } from '../../storage/files/installation.ts';
import type { Services } from '../services.ts';
import { keySetStore } from './key-sets.ts';
import { voidMessageFindings } from './void-messages.ts';

/** What is to be told of the keys of a root, whether its nodes run or not. */
export async function keyFindings(services: Pick<Services, 'paths' | 'clock'>): Promise<readonly Finding[]> {
  return [...(await voidMessageFindings(services)), ...(await keysAsideFindings(services))];
}

/** Keys that were taken out of a client's places, and that are in no key set. */
export async function keysAsideFindings({ paths }: Pick<Services, 'paths'>): Promise<readonly Finding[]> {
  return (await foundKeys(paths)).map(({ node, folder, keys, unread, passwordFile }) =>
    validatorFindings.create(
      'EPH-VALIDATORS-KEYS-ASIDE',
      { folder, keys: keys.length, unread, ...(passwordFile === undefined ? {} : { passwordFile }) },
      { node, layer: 'validator' },
    ),
  );
}

/** That nothing here will sign with the keys of the root until they are claimed: known before anything is started. */
export async function bindingFindings({ paths }: Pick<Services, 'paths'>): Promise<readonly Finding[]> {
  const changes = await bindingChanges(paths);
  if (changes.length === 0 || (await keySetStore(paths).sets()).length === 0) return [];
  return [validatorFindings.create('EPH-VALIDATORS-BINDING-CHANGED', { changes })];
}
