import { mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureFolder, syncFolder, writeFileAtomic } from '../base/atomic-files.ts';
import type { PinnedArtifact } from './artifact.ts';

const marker = 'artifact.json';
const unfinished = '.unfinished-';

/** Installed programs of one source: a folder that is there is complete, because it was renamed into place. */
export class InstallFolder {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  pathOf(name: string): string {
    return join(this.folder, name);
  }

  /** What was recorded when this was installed; undefined when it is not. */
  async installed(name: string): Promise<PinnedArtifact | undefined> {
    const text = await readFile(join(this.pathOf(name), marker), 'utf8').catch(() => undefined);
    return text === undefined ? undefined : JSON.parse(text);
  }

  /** Fills a new folder by `fill` and puts it in place; whatever fails leaves nothing behind. */
  async install(name: string, fill: (folder: string) => Promise<PinnedArtifact>): Promise<PinnedArtifact> {
    await ensureFolder(this.folder);
    await this.removeUnfinished();
    const temporary = await mkdtemp(join(this.folder, unfinished));
    try {
      const pin = await fill(temporary);
      await writeFileAtomic(join(temporary, marker), `${JSON.stringify(pin)}\n`);
      await rm(this.pathOf(name), { recursive: true, force: true });
      await rename(temporary, this.pathOf(name));
      await syncFolder(this.folder);
      return pin;
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  }

  /** What an installation that was killed left. The root's lock sees to it that no other is under way. */
  private async removeUnfinished(): Promise<void> {
    const names = (await readdir(this.folder)).filter((name) => name.startsWith(unfinished));
    for (const name of names) await rm(join(this.folder, name), { recursive: true, force: true });
  }
}
