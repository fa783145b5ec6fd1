import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureFolder, writeFileAtomic } from '../../base/atomic-files.ts';
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

/** What was said about the signers of a node: `nodes/<node>/signing.json`. */
export class SigningOrders {
  private readonly folder: string;

  constructor(paths: Pick<RootPaths, 'nodes'>, node: string) {
    this.folder = join(paths.nodes, node);
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
}
