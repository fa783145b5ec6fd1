import { writeFileAtomic } from '../../base/atomic-files.ts';
import type { Secret } from '../../base/secret.ts';
import type { HostFacts } from '../services.ts';
import { newPath } from './output-files.ts';

/** Writes a secret to a new file, for its owner alone, and gives its path. Throws EPH-KEYS-OUTPUT-EXISTS. */
export async function saveNewSecret(host: HostFacts, given: string, secret: Secret): Promise<string> {
  const file = await newPath(host, given);
  await writeFileAtomic(file, `${secret.reveal()}\n`);
  return file;
}
