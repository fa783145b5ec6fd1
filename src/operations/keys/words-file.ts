import { rm } from 'node:fs/promises';
import { writeFileAtomic } from '../../base/atomic-files.ts';
import type { Mnemonic } from '../../core/keys/mnemonic.ts';
import type { HostFacts } from '../services.ts';
import { writablePath } from './output-files.ts';

/** The file that the words of new keys go to, if there is to be one. */
export class WordsFile {
  readonly path: string | undefined;

  private constructor(path: string | undefined) {
    this.path = path;
  }

  /** Looks at its place before the work rather than after it. Throws EPH-KEYS-OUTPUT-EXISTS and EPH-KEYS-OUTPUT-UNWRITABLE. */
  static async at(host: HostFacts, given: string | undefined): Promise<WordsFile> {
    if (given === undefined) return new WordsFile(undefined);
    return new WordsFile(await writablePath(host, given));
  }

  /**
   * Writes the words, for their owner alone, then keeps the keys: there are never keys without their words. When that
   * fails and `isKept` knows of none of the keys, the file goes again, so that the next try is not refused for it.
   */
  async before<T>(
    { words }: Mnemonic,
    { keep, isKept }: { readonly keep: () => Promise<T>; readonly isKept: () => Promise<boolean> },
  ): Promise<T> {
    if (this.path === undefined) return keep();
    await writeFileAtomic(this.path, `${words.reveal()}\n`);
    try {
      return await keep();
    } catch (cause) {
      // Keys that cannot be looked at may be there.
      if (!(await isKept().catch(() => true))) await rm(this.path);
      throw cause;
    }
  }
}
