import { basename, dirname } from 'node:path';
import type { Installed, InstallFolder } from './install-folder.ts';
import type { PartialDownloads } from './partial-download.ts';

/** One installed program, whether anything wants it or not. */
export interface StockItem extends Installed {
  readonly path: string;
  readonly bytes: number;
}

/** Everything that lies in the `artifacts` folder of a root. */
export class Stock {
  readonly archives: InstallFolder;
  readonly npm: InstallFolder;
  readonly downloads: PartialDownloads;

  constructor(parts: Pick<Stock, 'archives' | 'npm' | 'downloads'>) {
    this.archives = parts.archives;
    this.npm = parts.npm;
    this.downloads = parts.downloads;
  }

  /** All that is completely installed. */
  async items(): Promise<readonly StockItem[]> {
    const items: StockItem[] = [];
    for (const installs of [this.archives, this.npm]) {
      for (const name of await installs.names()) {
        const installed = await installs.installed(name);
        if (installed === undefined) continue;
        const bytes = installed.files.reduce((sum, file) => sum + file.bytes, 0);
        items.push({ ...installed, path: installs.pathOf(name), bytes });
      }
    }
    return items;
  }

  /** Where the installed program of a pin lies. */
  async find(matches: (item: StockItem) => boolean): Promise<StockItem | undefined> {
    return (await this.items()).find(matches);
  }

  async remove(path: string): Promise<void> {
    const installs = [this.archives, this.npm].find(({ folder }) => dirname(path) === folder);
    if (installs !== undefined) await installs.remove(basename(path));
    else await this.downloads.remove(path);
  }
}
