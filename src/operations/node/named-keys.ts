import { isEphemeryError, messageOf } from '../../base/errors.ts';
import { shortPublicKey } from '../../core/keys/public-key.ts';
import { type JournalState, keysIn } from '../../core/node/journal-state.ts';
import { nodeErrors } from './errors.ts';
import type { JournalKeeper } from './journal-keeper.ts';
import type { NodeEnvironment } from './node-environment.ts';
import type { NodeSetup } from './node-setup.ts';
import { openKeymanager } from './open-keymanager.ts';

/**
 * Takes from a validator client inside another program every key that it was told of, so that it asks no signer. Throws
 * EPH-NODE-FOREIGN-KEYS where one stays, EPH-KEYMANAGER-* and EPH-HTTP-*.
 */
async function forgetNamedKeys(around: {
  readonly setup: NodeSetup;
  readonly env: Pick<NodeEnvironment, 'store' | 'keymanager'>;
}): Promise<void> {
  const api = await openKeymanager(around);
  if (api === undefined) return;
  const remote = (await api.keys()).filter(({ held }) => held === 'remote');
  if (remote.length > 0) await api.deleteRemoteKeys(remote.map(({ key }) => key));
  const left = await api.keys();
  if (left.length === 0) return;
  const keys = left.slice(0, 3).map(({ key }) => shortPublicKey(key));
  throw nodeErrors.create('EPH-NODE-FOREIGN-KEYS', { node: around.setup.name, count: left.length, keys });
}

const everyMs = 30_000;

/**
 * Sees that a program that has keys in memory alone still has them: one that begins again without our doing, in its own
 * process or its own container, has lost them, and is told of them anew.
 */
export class NamedKeys {
  private readonly around: {
    readonly setup: NodeSetup;
    readonly env: Pick<NodeEnvironment, 'store' | 'keymanager' | 'clock' | 'log'>;
  };
  private readonly journal: Pick<JournalKeeper, 'record'>;
  private nextMs = 0;

  constructor(around: NamedKeys['around'], journal: Pick<JournalKeeper, 'record'>) {
    this.around = around;
    this.journal = journal;
  }

  /** Before their signer starts. False while nobody answers. Throws as `forgetNamedKeys`, but for EPH-HTTP-*. */
  async hasNone(): Promise<boolean> {
    try {
      await forgetNamedKeys(this.around);
      return true;
    } catch (thrown) {
      if (isEphemeryError(thrown) && thrown.code.startsWith('EPH-HTTP-')) return false;
      throw thrown;
    }
  }

  /** After their signer ended: whether the program has none of them, or is asked that again before it could sign. */
  async areForgotten({ runs }: JournalState): Promise<boolean> {
    const { setup, env } = this.around;
    // Another client's API and token are not that program's.
    if (setup.validator === undefined || runs.validator?.client !== setup.validator.definition.id)
      return false;
    try {
      await forgetNamedKeys(this.around);
    } catch (thrown) {
      env.log.warn('keys of a stopped signer stay named', { reason: messageOf(thrown) });
      return !isEphemeryError(thrown, 'EPH-NODE-FOREIGN-KEYS');
    }
    return true;
  }

  /** Once in a while. Fails nobody. */
  async attend(state: JournalState): Promise<void> {
    const { clock, log } = this.around.env;
    const { loaded } = state;
    if (state.runs.validator?.host === undefined || loaded === undefined || loaded.token !== keysIn(state))
      return;
    if (clock.monotonicMs() < this.nextMs) return;
    this.nextMs = clock.monotonicMs() + everyMs;
    try {
      if (await this.hasAll()) return;
    } catch (thrown) {
      log.warn('the keys of the validators could not be listed', { reason: messageOf(thrown) });
      return;
    }
    log.warn('the validators have lost keys, and are told of them anew');
    await this.journal.record({ type: 'keys.loaded', ...loaded, token: '' });
  }

  private async hasAll(): Promise<boolean> {
    const { setup, env } = this.around;
    const api = await openKeymanager(this.around);
    if (api === undefined) return true;
    const there = new Set((await api.keys()).map(({ key }) => key));
    const wanted = await env.store.publicKeys(setup.validator?.keySets ?? []);
    return wanted.every((key) => there.has(key));
  }
}
