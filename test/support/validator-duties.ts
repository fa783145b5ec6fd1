import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import type { ValidatorKey } from '../../src/mayfly/keys/validator-keys.ts';
import type { Network } from '../../src/mayfly/network.ts';
import type { OutsideValidators } from '../../src/mayfly/stepped-network.ts';
import { BeaconHttp } from '../../src/mayfly-validator/beacon/beacon-http.ts';
import { aggregate, attest } from '../../src/mayfly-validator/duties/attesting.ts';
import { createDutyParts, type DutyParts } from '../../src/mayfly-validator/duties/duty-parts.ts';
import { propose } from '../../src/mayfly-validator/duties/proposing.ts';
import { contribute, signHead } from '../../src/mayfly-validator/duties/sync-committee.ts';
import { KeyChest } from '../../src/mayfly-validator/keys/key-chest.ts';
import { keySetSource } from '../../src/mayfly-validator/keys/key-source.ts';
import { Protection } from '../../src/mayfly-validator/protection/protection.ts';
import { SettingsBook } from '../../src/mayfly-validator/settings.ts';
import { writeKeySet } from './key-set.ts';

export interface SteppedDuties extends OutsideValidators {
  readonly parts: DutyParts;
  readonly folder: string;
}

/** The duties of Mayfly's validator client, done when a stepped network says so instead of by the clock. */
export async function steppedDuties(init: {
  url: string;
  network: Network;
  keys: readonly ValidatorKey[];
}): Promise<SteppedDuties> {
  const folder = await mkdtemp(join(tmpdir(), 'mayfly-duties-'));
  const stopping = new AbortController();
  const { network } = init;
  const http = new BeaconHttp(init.url, stopping.signal);
  const keySet = await writeKeySet(join(folder, 'set'), init.keys);
  const protection = await Protection.open(folder, network.genesisValidatorsRoot);
  const parts = createDutyParts({
    http,
    network,
    protection,
    keys: await KeyChest.open(folder, [keySetSource(keySet)]),
    settings: await SettingsBook.open(join(folder, 'settings.json'), () => ({ graffiti: 'from outside' })),
    persist: (call) => call(),
    log: silentLog,
  });
  onTestFinished(async () => {
    stopping.abort();
    await http.close();
    await protection.close();
    await rm(folder, { recursive: true, force: true });
  });
  await parts.roster.refresh();
  return {
    parts,
    folder,
    propose: (slot) => propose(parts, slot),
    attest: async (slot) => {
      const voted = await attest(parts, slot);
      const signed = await signHead(parts, slot);
      if (voted !== undefined) await aggregate(parts, voted);
      if (signed !== undefined) await contribute(parts, signed);
    },
  };
}
