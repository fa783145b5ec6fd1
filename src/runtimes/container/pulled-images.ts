import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureFolder, writeFileAtomic } from '../../base/atomic-files.ts';
import { optional, record, text, truth } from '../../core/node/decode.ts';

/** An image that the engine has because we pulled it, or another home did and this one uses it too. */
export interface PulledImage {
  readonly repository: string;
  readonly digest: string;
  /** The tag by which it was pulled; absent when it was pulled by its digest. */
  readonly tag?: string;
  /** Another home brought it in. */
  readonly kept?: boolean;
}

const pulledImage = record({ repository: text, digest: text, tag: optional(text), kept: optional(truth) });

/** The record of the images that homes brought into an engine, a file each: those are ours to remove, others never. */
export class PulledImages {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  async add(image: PulledImage): Promise<void> {
    await ensureFolder(this.folder);
    await writeFileAtomic(this.pathOf(image), `${JSON.stringify(image)}\n`);
  }

  async all(): Promise<readonly PulledImage[]> {
    const names = await readdir(this.folder).catch(() => []);
    const records = names.filter((name) => name.endsWith('.json')).sort();
    const found = await Promise.all(records.map((name) => readRecord(join(this.folder, name))));
    return found.filter((image) => image !== undefined);
  }

  async get({ repository, digest }: PulledImage): Promise<PulledImage | undefined> {
    return (await this.all()).find((one) => one.repository === repository && one.digest === digest);
  }

  async forget(image: PulledImage): Promise<void> {
    await rm(this.pathOf(image), { force: true });
  }

  private pathOf({ repository, digest }: PulledImage): string {
    const name = createHash('sha256').update(`${repository}@${digest}`).digest('hex').slice(0, 32);
    return join(this.folder, `${name}.json`);
  }
}

/** What cannot be read says of no image that it is ours. */
async function readRecord(path: string): Promise<PulledImage | undefined> {
  try {
    return pulledImage(JSON.parse(await readFile(path, 'utf8'))) as PulledImage;
  } catch {
    return undefined;
  }
}
