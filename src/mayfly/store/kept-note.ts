import { messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { ChainStore, NoteName } from './store.ts';

/**
 * Keeps something small over restarts. What cannot be written or read is logged and no reason to stop: the chain
 * does not depend on it.
 */
export class KeptNote {
  private readonly store: ChainStore;
  private readonly name: NoteName;
  private readonly log: Log;
  private writing: Promise<void> = Promise.resolve();
  private isDue = false;

  constructor(init: { store: ChainStore; name: NoteName; log: Log }) {
    this.store = init.store;
    this.name = init.name;
    this.log = init.log;
  }

  /** What was kept last; undefined when there is nothing, or nothing that `parse` can read. */
  async restore<T>(parse: (bytes: Uint8Array) => T): Promise<T | undefined> {
    try {
      const bytes = await this.store.readNote(this.name);
      if (bytes !== 'damaged') return bytes === undefined ? undefined : parse(bytes);
      this.log.warn('a note is damaged and begun anew', { note: this.name });
    } catch (cause) {
      this.log.warn('a note cannot be read and is begun anew', { note: this.name, reason: messageOf(cause) });
    }
    return undefined;
  }

  /** Writes the content as it is when its turn comes: changes during a write share the next one. */
  keep(content: () => Uint8Array): void {
    if (this.isDue) return;
    this.isDue = true;
    this.writing = this.writing.then(async () => {
      this.isDue = false;
      try {
        await this.store.writeNote(this.name, content());
      } catch (cause) {
        this.log.warn('a note was not written', { note: this.name, reason: messageOf(cause) });
      }
    });
  }

  /** Resolves when all that was given to `keep` so far is on the disk, or was not to be written. */
  settled(): Promise<void> {
    return this.writing;
  }
}
