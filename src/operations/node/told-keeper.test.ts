import { describe, expect, it } from 'vitest';
import { fakeClient } from '../../../test/simulation/fake-clients.ts';
import { systemClock } from '../../base/clock.ts';
import { HttpClient } from '../../base/http.ts';
import { silentLog } from '../../base/log.ts';
import { createKeymanagerHttp } from '../../chain/http/keymanager.ts';
import { emptyJournal, type JournalState } from '../../core/node/journal-state.ts';
import type { NodeEnvironment } from './node-environment.ts';
import type { NodeSetup } from './node-setup.ts';
import { ToldKeeper } from './told-keeper.ts';

describe('what the keys of a running client were told', () => {
  const definition = fakeClient('validator', 'gamma', {
    keymanager: { port: 'keymanager', token: 'none', keys: 'both', settings: [], signsExits: true },
  });
  // Nobody listens there.
  const setup = { name: 'home', validator: { definition, ports: { keymanager: 1 }, keySets: [] } };
  const handle = { runtime: 'fake', unit: 'home.validator', token: 'run-1' };
  const run = { client: 'gamma', fingerprint: 'f', folder: 'aa/gamma-1', identity: '10-aa', handle };
  const journal: JournalState = { ...emptyJournal, runs: { validator: run } };
  const loaded = { folder: run.folder, token: handle.token, fingerprint: 'f', settings: [] };

  it('is missed where it was told something in this run, and not before: it may wait for the genesis', async () => {
    const warned: string[] = [];
    const keymanager: NodeEnvironment['keymanager'] = async ({ url }) =>
      createKeymanagerHttp({ http: new HttpClient({ environment: {} }), url });
    const env = {
      clock: systemClock,
      log: { ...silentLog, warn: (message: string) => void warned.push(message) },
      keymanager,
    };
    const keeper = new ToldKeeper(setup as unknown as NodeSetup, env as unknown as NodeEnvironment);
    await keeper.beforeStop(journal, 'down');
    await keeper.beforeStop({ ...journal, loaded: { ...loaded, token: 'run-0' } }, 'down');
    expect(warned).toEqual([]);
    await keeper.beforeStop({ ...journal, loaded }, 'down');
    expect(warned).toEqual(['what the keys were told could not be read']);
  });
});
