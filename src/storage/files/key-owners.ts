import { readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensureFolder, syncFolder, writeFileAtomic } from '../../base/atomic-files.ts';
import { type Clock, systemClock } from '../../base/clock.ts';
import { lockFolder } from '../../base/folder-lock.ts';
import { keySetNameForm, keySetPaths } from '../../core/keys/key-set-paths.ts';
import type { KeySetOwner } from '../../core/keys/ownership.ts';
import { moveSteps } from '../../core/keys/ownership-move.ts';
import { oneOf, optional, record, text, whole } from '../../core/node/decode.ts';
import { nodeStoreErrors } from './node-store-errors.ts';

const ownerFile = record({
  node: text,
  installation: text,
  movingTo: optional(text),
  handedFrom: optional(text),
  moved: optional(oneOf(...moveSteps)),
  signed: optional(
    record({
      genesisValidatorsRoot: text,
      iteration: whole,
      chainId: optional(whole),
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

/** As a change takes milliseconds, whoever has the turn for so long hangs. */
const patienceMs = 20_000;
const lookEveryMs = 10;

/** What a record is to be; undefined leaves it as it is, `nobody` takes it away. */
export type OwnerChange = (owner: KeySetOwner | undefined) => Promise<OwnerNext> | OwnerNext;
type OwnerNext = KeySetOwner | 'nobody' | undefined;

/**
 * Who owns each key set: `keys/<set>/owner.json`. Supervisor and commands write it, so that each changes it in one turn,
 * from what it says at that moment.
 */
export class KeyOwners {
  private readonly keysPath: string;
  private readonly clock: Clock;

  constructor(keysPath: string, clock: Clock = systemClock) {
    this.keysPath = keysPath;
    this.clock = clock;
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

  /**
   * Changes a record in one turn over all processes of the root, and gives what it is then. Throws what `make` throws,
   * EPH-STORE-OWNER-INVALID, and EPH-STORE-OWNER-BUSY when somebody has the turn and does not end.
   */
  change(keySet: string, make: OwnerChange): Promise<KeySetOwner | undefined> {
    return this.inTurn(async () => {
      const before = await this.read(keySet);
      const next = await make(before);
      if (next === undefined) return before;
      if (next === 'nobody') return this.remove(keySet);
      await ensureFolder(dirname(this.fileOf(keySet)));
      await writeFileAtomic(this.fileOf(keySet), `${JSON.stringify(next, undefined, 2)}\n`);
      return next;
    });
  }

  /** Whatever it says now. */
  async write(keySet: string, owner: KeySetOwner): Promise<void> {
    await this.change(keySet, () => owner);
  }

  /** The keys are nobody's from now on, whatever the record says and although it cannot be read. */
  forget(keySet: string): Promise<undefined> {
    return this.inTurn(() => this.remove(keySet));
  }

  private async remove(keySet: string): Promise<undefined> {
    const file = this.fileOf(keySet);
    await rm(file, { force: true });
    await syncFolder(dirname(file)).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'ENOENT') throw cause;
    });
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    await ensureFolder(this.keysPath);
    const deadlineMs = this.clock.monotonicMs() + patienceMs;
    for (;;) {
      const turn = await lockFolder(this.keysPath, '.owners.lock');
      if (turn.kind === 'held') {
        try {
          return await work();
        } finally {
          await turn.release();
        }
      }
      if (this.clock.monotonicMs() >= deadlineMs)
        throw nodeStoreErrors.create('EPH-STORE-OWNER-BUSY', { folder: this.keysPath, pid: turn.pid });
      await this.clock.sleep(lookEveryMs);
    }
  }

  /** Every key set that has a folder. */
  async keySets(): Promise<readonly string[]> {
    const entries = await readdir(this.keysPath, { withFileTypes: true }).catch(() => []);
    return entries
      .filter((entry) => entry.isDirectory() && keySetNameForm.test(entry.name))
      .map(({ name }) => name);
  }

  private fileOf(keySet: string): string {
    return join(keySetPaths(this.keysPath, keySet).folder, 'owner.json');
  }
}
