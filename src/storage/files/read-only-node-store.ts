import { join } from 'node:path';
import { FileNodeStore } from './node-store.ts';

/** A node's files for those who look without holding the root's lock: what looking would make, mend or allocate stays as it is. */
export class ReadOnlyNodeStore extends FileNodeStore {
  override async replaceJournal(): Promise<void> {}

  override async writePorts(): Promise<void> {}

  override async writeTold(): Promise<void> {}

  /** Where it would be. */
  protected override async secretPath(name: string): Promise<string> {
    return join(this.secretsFolder, name);
  }
}
