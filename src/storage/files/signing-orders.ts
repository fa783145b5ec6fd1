import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureFolder, writeFileAtomic } from '../../base/atomic-files.ts';
import { type Clock, systemClock } from '../../base/clock.ts';
import { type FolderLock, lockFolder } from '../../base/folder-lock.ts';
import { listOf, oneOf, prose, record, text, whole } from '../../core/node/decode.ts';
import { runAsPlanned, type SigningOrder } from '../../core/node/signing-order.ts';
import { nodeStoreErrors } from './node-store-errors.ts';
import type { RootPaths } from './root-paths.ts';

const orderFile = record({
  order: oneOf('run', 'stop', 'halt'),
  reason: prose,
  atMs: whole,
  slashedBefore: listOf(text, 1_000_000),
});

const lookEveryMs = 10;
/** Whoever starts a signer, or changes what was said about one, has its turn for a moment. */
const patienceMs = 20_000;
/** An order is not kept from anybody for longer, whoever has the turn. */
const orderPatienceMs = 200;

/**
 * What was said about the signers of a node: `nodes/<node>/signing.json`. Signers are started in turns (`start.lock`), in
 * which the order is read: once an order to end was written and such a turn was had, no start is under way any more.
 */
export class SigningOrders {
  private readonly folder: string;
  private readonly clock: Clock;

  constructor(paths: Pick<RootPaths, 'nodes'>, node: string, clock: Clock = systemClock) {
    this.folder = join(paths.nodes, node);
    this.clock = clock;
  }

  /** Throws EPH-STORE-ORDER-INVALID. */
  async read(): Promise<SigningOrder> {
    const file = join(this.folder, 'signing.json');
    try {
      return orderFile(JSON.parse(await readFile(file, 'utf8')));
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return runAsPlanned;
      if ((cause as NodeJS.ErrnoException).syscall !== undefined) throw cause;
      throw nodeStoreErrors.create('EPH-STORE-ORDER-INVALID', { file }, cause);
    }
  }

  async write(order: SigningOrder): Promise<void> {
    await ensureFolder(this.folder);
    await writeFileAtomic(join(this.folder, 'signing.json'), `${JSON.stringify(order)}\n`);
  }

  /**
   * Writes what `make` says in one turn, from what was said last (undefined where that cannot be read); when nobody
   * gives the turn back for a while, without it. Undefined: as it is.
   */
  async change(make: (before: SigningOrder | undefined) => SigningOrder | undefined): Promise<void> {
    const turn = await this.turn('signing.lock', orderPatienceMs);
    try {
      const next = make(await this.read().catch(() => undefined));
      if (next !== undefined) await this.write(next);
    } finally {
      if (turn.kind === 'held') await turn.release();
    }
  }

  /**
   * Starts a signer, unless signing is stopped: undefined then. Throws what `start` throws, EPH-STORE-ORDER-INVALID and
   * EPH-STORE-ORDER-BUSY.
   */
  startUnlessStopped<T>(start: () => Promise<T>): Promise<T | undefined> {
    return this.inStartTurn(async () => ((await this.read()).order === 'run' ? start() : undefined));
  }

  private async inStartTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = await this.turn('start.lock', patienceMs);
    if (turn.kind === 'taken')
      throw nodeStoreErrors.create('EPH-STORE-ORDER-BUSY', { folder: this.folder, pid: turn.pid });
    try {
      return await work();
    } finally {
      await turn.release();
    }
  }

  /** Does what no signer may see, in a turn of starts; nothing where they may run. Throws as `startUnlessStopped`. */
  async whileStopped(work: () => Promise<void>): Promise<void> {
    await this.inStartTurn(async () => {
      if ((await this.read()).order !== 'run') await work();
    });
  }

  /** Once no start is under way that began before. Throws EPH-STORE-ORDER-BUSY when one does not end within the deadline. */
  async awaitStarts(deadlineMs: number): Promise<void> {
    const turn = await this.turn('start.lock', deadlineMs);
    if (turn.kind === 'taken')
      throw nodeStoreErrors.create('EPH-STORE-ORDER-BUSY', { folder: this.folder, pid: turn.pid });
    await turn.release();
  }

  private async turn(name: string, waitMs: number): Promise<FolderLock> {
    await ensureFolder(this.folder);
    const deadlineMs = this.clock.monotonicMs() + waitMs;
    for (;;) {
      const turn = await lockFolder(this.folder, name);
      if (turn.kind === 'held' || this.clock.monotonicMs() >= deadlineMs) return turn;
      await this.clock.sleep(lookEveryMs);
    }
  }
}
