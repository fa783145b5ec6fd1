import { stat } from 'node:fs/promises';
import type { Finding } from '../../core/findings/finding.ts';
import { validatorFindings } from '../../core/findings/validators.ts';
import { standingOf } from '../../core/keys/kept-message.ts';
import { KeySetStore } from '../../keys/store/key-set-store.ts';
import { MessageStore } from '../../storage/files/kept-messages.ts';
import type { Services } from '../services.ts';

/** Exits and changes of credentials that wait in a file to be sent, and that no network takes any more. */
export async function voidMessageFindings({
  paths,
  clock,
}: Pick<Services, 'paths' | 'clock'>): Promise<readonly Finding[]> {
  const nowMs = clock.nowMs();
  const store = new MessageStore(paths.keys);
  const kept = await Promise.all((await new KeySetStore(paths.keys).sets()).map((set) => store.read(set)));
  const voids = kept.flat().filter((each) => standingOf(each, { nowMs }) === 'void');
  const findings = voids.map(async ({ kind, network, iteration, file, keys }) => {
    const facts = { kind, network, iteration, file, keys: keys.length };
    return (await isThere(file)) ? [validatorFindings.create('EPH-VALIDATORS-MESSAGE-VOID', facts)] : [];
  });
  return (await Promise.all(findings)).flat();
}

async function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    (facts) => facts.isFile(),
    () => false,
  );
}
