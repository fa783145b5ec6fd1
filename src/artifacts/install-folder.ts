import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureFolder, syncFolder, writeFileAtomic } from '../base/atomic-files.ts';
import { endClaim, isClaimed, newClaim } from '../base/claim.ts';
import type { PinnedArtifact } from './artifact.ts';
import { type ContentFile, contentOf, digestOf } from './content-digest.ts';

/** Beside what was installed: the record of it. */
export const installMarker = 'artifact.json';
const unfinished = /^\.(?:unfinished|replaced)-(\d+-[0-9a-f]{12})$/;

/** What was recorded when a program was installed. */
export interface Installed {
  readonly pin: PinnedArtifact;
  readonly files: readonly ContentFile[];
}

/** Installed programs of one source: a folder that is there is complete, because it was renamed into place. */
export class InstallFolder {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  pathOf(name: string): string {
    return join(this.folder, name);
  }

  /** The names of all that is installed. */
  async names(): Promise<readonly string[]> {
    const names = await readdir(this.folder).catch(() => []);
    return names.filter((name) => !name.startsWith('.')).sort();
  }

  /** What was recorded when this was installed; undefined when it is not, or was by an older version of ours. */
  async installed(name: string): Promise<Installed | undefined> {
    const text = await readFile(join(this.pathOf(name), installMarker), 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    const record: Installed = JSON.parse(text);
    return Array.isArray(record.files) ? record : undefined;
  }

  /**
   * Fills a new folder by `fill`, which makes the pin from the hash over all that it put there, and puts it in place;
   * whatever fails leaves nothing behind. Of several processes that install the same at once, the last one's stays.
   */
  async install(
    name: string,
    fill: (folder: string) => Promise<(tree: string) => PinnedArtifact>,
  ): Promise<Installed> {
    await ensureFolder(this.folder);
    await this.removeUnfinished();
    const claim = newClaim();
    const temporary = join(this.folder, `.unfinished-${claim}`);
    try {
      await mkdir(temporary, { mode: 0o700 });
      const pin = await fill(temporary);
      const files = await contentOf(temporary);
      const installed = { pin: pin(digestOf(files)), files };
      await writeFileAtomic(join(temporary, installMarker), `${JSON.stringify(installed)}\n`);
      await this.putInPlace(temporary, name, claim);
      await syncFolder(this.folder);
      return installed;
    } finally {
      await rm(temporary, { recursive: true, force: true });
      await rm(join(this.folder, `.replaced-${claim}`), { recursive: true, force: true });
      endClaim(claim);
    }
  }

  async remove(name: string): Promise<void> {
    const claim = newClaim();
    const aside = join(this.folder, `.replaced-${claim}`);
    await rename(this.pathOf(name), aside);
    await rm(aside, { recursive: true, force: true });
    endClaim(claim);
  }

  /** A folder that holds something cannot be renamed over: the one that is there steps aside first. */
  private async putInPlace(temporary: string, name: string, claim: string): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await rename(temporary, this.pathOf(name));
        return;
      } catch (thrown) {
        if (!isTaken(thrown) || attempt >= 5) throw thrown;
        const aside = join(this.folder, `.replaced-${claim}`);
        await rm(aside, { recursive: true, force: true });
        await rename(this.pathOf(name), aside).catch(() => undefined);
      }
    }
  }

  /** What an installation that was killed left; those of living processes stay. */
  private async removeUnfinished(): Promise<void> {
    for (const name of await readdir(this.folder)) {
      const claim = unfinished.exec(name)?.[1] ?? (name.startsWith('.unfinished-') ? '0' : undefined);
      if (claim === undefined || isClaimed(claim)) continue;
      await rm(join(this.folder, name), { recursive: true, force: true });
    }
  }
}

function isTaken(thrown: unknown): boolean {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return code === 'ENOTEMPTY' || code === 'EEXIST';
}
