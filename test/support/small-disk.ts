import { execFile } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const mebibyte = 2 ** 20;

/** A disk in memory, over a folder, whose size can be changed. */
export class SmallDisk {
  private readonly folder: string;

  static async mount(folder: string, mebibytes: number): Promise<SmallDisk> {
    await run('mount', ['-t', 'tmpfs', '-o', `mode=0700,size=${mebibytes}m`, 'tmpfs', folder]);
    return new SmallDisk(folder);
  }

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** With 0, not a byte more than what is used: nothing has to be written for it. */
  async leaveFree(mebibytes: number): Promise<void> {
    const { blocks, bfree, bsize } = await statfs(this.folder);
    await this.remount(`${(blocks - bfree) * bsize + mebibytes * mebibyte}`);
  }

  resize(mebibytes: number): Promise<void> {
    return this.remount(`${mebibytes}m`);
  }

  async unmount(): Promise<void> {
    await run('umount', [this.folder]);
  }

  private async remount(size: string): Promise<void> {
    await run('mount', ['-o', `remount,size=${size}`, this.folder]);
  }
}
