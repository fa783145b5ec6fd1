import { describe, expect, it } from 'vitest';
import { fakeClient } from '../../../test/simulation/fake-clients.ts';
import { httpErrors } from '../../base/http-errors.ts';
import { silentLog } from '../../base/log.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import type { ListedKey } from '../../chain/keymanager.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import type { JournalEvent } from '../../core/node/journal-entry.ts';
import { emptyJournal, type JournalState } from '../../core/node/journal-state.ts';
import { NamedKeys } from './named-keys.ts';
import type { NodeEnvironment } from './node-environment.ts';
import type { NodeSetup } from './node-setup.ts';

const first: PublicKey = `0x${'8a'.repeat(48)}`;
const second: PublicKey = `0x${'8b'.repeat(48)}`;
const remote = (key: PublicKey): ListedKey => ({ key, held: 'remote', readonly: false });
const local = (key: PublicKey): ListedKey => ({ key, held: 'local', readonly: true });

/** A program with these keys, which takes remote ones away when it is told to. */
function program(has: ListedKey[], { client = 'gamma', silent = false } = {}) {
  const clock = new VirtualClock(0);
  const recorded: JournalEvent[] = [];
  const state = { has, silent };
  const listed = async () => {
    if (state.silent)
      throw httpErrors.create('EPH-HTTP-UNREACHABLE', { url: 'http://127.0.0.1:1', problem: 'refused' });
    return state.has;
  };
  const env = {
    clock,
    log: silentLog,
    store: { publicKeys: async () => [first, second], keymanagerTokenPath: async () => 'token' },
    keymanager: async () => ({
      keys: listed,
      deleteRemoteKeys: async (keys: readonly PublicKey[]) => {
        state.has = state.has.filter(({ key, held }) => held === 'local' || !keys.includes(key));
        return [];
      },
    }),
  } as unknown as NodeEnvironment;
  const definition = fakeClient('validator', client, {
    hostedBy: 'beta',
    keymanager: { port: 'keymanager', token: 'hex', keys: 'remote', settings: [], signsExits: true },
  });
  const validator = { definition, ports: { keymanager: 4 }, keySets: ['main'] };
  const setup = { name: 'home', validator } as unknown as NodeSetup;
  const journal = { record: async (event: JournalEvent) => void recorded.push(event) };
  return { named: new NamedKeys({ setup, env }, journal as never), state, clock, recorded };
}

const handle = { runtime: 'fake', unit: 'u', token: 'signer' };
const run = { client: 'gamma', fingerprint: 'f', folder: 'aa/gamma-1', identity: '10-aa', handle };
const journal: JournalState = {
  ...emptyJournal,
  runs: {
    validator: { ...run, host: 'consensus' },
    consensus: { ...run, handle: { ...handle, token: 'beacon' } },
  },
  loaded: { folder: 'aa/gamma-1', token: 'signer.beacon', fingerprint: 'k', settings: ['graffiti'] },
};

describe('keys of validators inside another program', () => {
  it('are none of theirs before their signer starts, or it does not', async () => {
    const some = program([remote(first)]);
    expect(await some.named.hasNone()).toBe(true);
    expect(some.state.has).toEqual([]);
    await expect(program([local(first)]).named.hasNone()).rejects.toMatchObject({
      code: 'EPH-NODE-FOREIGN-KEYS',
    });
    expect(await program([remote(first)], { silent: true }).named.hasNone()).toBe(false);
  });

  it('are forgotten after its end, or that program is not to run on', async () => {
    expect(await program([remote(first), remote(second)]).named.areForgotten(journal)).toBe(true);
    expect(await program([local(first)]).named.areForgotten(journal)).toBe(false);
    // Asked again before the next start of a signer.
    expect(await program([remote(first)], { silent: true }).named.areForgotten(journal)).toBe(true);
    // Nobody knows its API any more.
    expect(await program([remote(first)], { client: 'other' }).named.areForgotten(journal)).toBe(false);
  });

  it('are brought anew when it lost them without an end that we saw, and looked for now and then', async () => {
    const { named, state, clock, recorded } = program([remote(first), remote(second)]);
    await named.attend(journal);
    state.has = [remote(second)];
    await named.attend(journal);
    expect(recorded).toEqual([]);
    await clock.advance(30_000);
    await named.attend(journal);
    expect(recorded).toEqual([{ type: 'keys.loaded', ...journal.loaded, token: '' }]);
  });

  it('are not looked for before they were brought, nor in a program of their own, and silence is no loss', async () => {
    const { named, state, clock, recorded } = program([]);
    const { loaded: _, ...unloaded } = journal;
    await named.attend(unloaded);
    await named.attend({ ...journal, runs: { ...journal.runs, validator: run } });
    state.silent = true;
    await named.attend(journal);
    await clock.advance(30_000);
    expect(recorded).toEqual([]);
  });
});
