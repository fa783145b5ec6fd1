import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fencedBlocks, projectRoot, readMarkdown } from '../docs/markdown.ts';
import { Terminal } from './terminal.ts';

const run = promisify(execFile);

/** The blocks `sh journey NAME` of a page, run by a test in an order of its own, each as it stands there. */
export class PageSteps {
  private readonly page: string;
  private readonly folder: string;
  private readonly root: string;

  private constructor(page: string, folder: string, root: string) {
    this.page = page;
    this.folder = folder;
    this.root = root;
  }

  /** On this root, from this folder. */
  static async of(
    page: string,
    { folder, root }: { readonly folder: string; readonly root: string },
  ): Promise<PageSteps> {
    await mkdir(join(folder, 'bin'), { recursive: true });
    const program = join(projectRoot, 'dist/app/main.js');
    const shim = join(folder, 'bin', 'ephemery');
    await writeFile(shim, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
    await chmod(shim, 0o755);
    return new PageSteps(page, folder, root);
  }

  /** The texts of the blocks of this kind. */
  texts(info: string): readonly string[] {
    return fencedBlocks(this.page, readMarkdown(this.page))
      .filter((block) => block.info === info)
      .map(({ text }) => text);
  }

  /** Runs a step to its end; what it printed. */
  async step(name: string, change = (text: string) => text): Promise<string> {
    const { stdout } = await run('sh', ['-e', '-c', change(this.textOf(name))], this.where());
    return stdout;
  }

  /** The same at a terminal, for a step that asks. */
  atTerminal(name: string): Terminal {
    return new Terminal(['sh', '-e', '-c', this.textOf(name)], this.where());
  }

  private textOf(name: string): string {
    const [text] = this.texts(`sh journey ${name}`);
    if (text === undefined) throw new Error(`${this.page} has no step ${name}`);
    return text;
  }

  private where() {
    const { folder, root } = this;
    const env = {
      PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
      HOME: folder,
      EPHEMERY_HOME: root,
    };
    return { cwd: folder, env };
  }
}
