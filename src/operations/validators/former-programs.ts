import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ensureFolder, writeFileAtomic } from '../../base/atomic-files.ts';
import { clientProgramPart } from '../../config/parts/client.ts';
import type { RootPaths } from '../../storage/files/root-paths.ts';

const formerProgram = z.strictObject({ runtime: z.string(), ...clientProgramPart.shape });
const formerPrograms = z.record(z.string(), formerProgram);

/** Where a validator client's program came from, by the configuration of its time. */
export type FormerProgram = z.infer<typeof formerProgram>;

/**
 * How each validator client that a node ever had was configured: `nodes/<node>/validator-programs.json`. The
 * configuration forgets a client that is replaced, and its slashing protection is read with its own program.
 */
export class FormerPrograms {
  private readonly folder: string;

  constructor({ nodes }: Pick<RootPaths, 'nodes'>, node: string) {
    this.folder = join(nodes, node);
  }

  /** Undefined for a client that the node never had, and where that cannot be told any more. */
  async read(client: string): Promise<FormerProgram | undefined> {
    return (await this.readAll())[client];
  }

  async remember(program: FormerProgram): Promise<void> {
    const all = await this.readAll();
    const next = { ...all, [program.client]: program };
    if (JSON.stringify(next) === JSON.stringify(all)) return;
    await ensureFolder(this.folder);
    await writeFileAtomic(this.file, `${JSON.stringify(next, undefined, 2)}\n`);
  }

  private get file(): string {
    return join(this.folder, 'validator-programs.json');
  }

  /** A file that is damaged is no reason to keep a node down: the catalogue's own program is tried then. */
  private async readAll(): Promise<Readonly<Record<string, FormerProgram>>> {
    const text = await readFile(this.file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return '{}';
      throw cause;
    });
    try {
      return formerPrograms.parse(JSON.parse(text));
    } catch {
      return {};
    }
  }
}
