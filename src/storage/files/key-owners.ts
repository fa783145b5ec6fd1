import { randomBytes } from 'node:crypto';
import { link, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensureFolder, syncFolder, writeFileAtomic } from '../../base/atomic-files.ts';
import { keySetPaths } from '../../core/keys/key-set-paths.ts';
import type { KeySetOwner } from '../../core/keys/ownership.ts';
import { moveSteps } from '../../core/keys/ownership-move.ts';
import { oneOf, optional, record, text, whole } from '../../core/node/decode.ts';
import { nodeStoreErrors } from './node-store-errors.ts';

const ownerFile = record({
  node: text,
  installation: text,
  movingTo: optional(text),
  moved: optional(oneOf(...moveSteps)),
  signed: optional(
    record({
      genesisValidatorsRoot: text,
      iteration: whole,
      keysFingerprint: text,
      startedAtMs: whole,
      earlierUntilMs: optional(whole),
      endedAtMs: optional(whole),
      protection: optional(
        record({ node: text, store: text, openedAtMs: whole, writtenAtMs: optional(whole) }),
      ),
    }),
  ),
});

/** Who owns each key set: `keys/<set>/owner.json`. */
export class KeyOwners {
  private readonly keysPath: string;

  constructor(keysPath: string) {
    this.keysPath = keysPath;
  }

  /** Undefined for a set that nobody has signed with yet. Throws EPH-STORE-OWNER-INVALID. */
  async read(keySet: string): Promise<KeySetOwner | undefined> {
    const file = this.fileOf(keySet);
    try {
      return ownerFile(JSON.parse(await readFile(file, 'utf8'))) as KeySetOwner;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      if ((cause as NodeJS.ErrnoException).syscall !== undefined) throw cause;
      throw nodeStoreErrors.create('EPH-STORE-OWNER-INVALID', { file }, cause);
    }
  }

  /** `first`: nobody may have written before; of two that try at once, one fails with EEXIST. */
  async write(keySet: string, owner: KeySetOwner, first = false): Promise<void> {
    const file = this.fileOf(keySet);
    const content = `${JSON.stringify(owner, undefined, 2)}\n`;
    await ensureFolder(dirname(file));
    if (!first) return writeFileAtomic(file, content);
    const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`;
    await writeFileAtomic(draft, content);
    try {
      await link(draft, file);
    } finally {
      await rm(draft);
    }
    await syncFolder(dirname(file));
  }

  /** The keys are nobody's from now on. */
  async forget(keySet: string): Promise<void> {
    await rm(this.fileOf(keySet), { force: true });
  }

  /** Every key set that has a folder. */
  async keySets(): Promise<readonly string[]> {
    const entries = await readdir(this.keysPath, { withFileTypes: true }).catch(() => []);
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  }

  private fileOf(keySet: string): string {
    return join(keySetPaths(this.keysPath, keySet).folder, 'owner.json');
  }
}
