import { copyFile, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { messageOf } from '../base/errors.ts';
import { configErrors } from '../config/errors.ts';
import { configFileName } from '../config/load.ts';
import { parseConfig } from '../config/parse.ts';
import { type StarterChoices, starterChoices, starterConfig } from '../config/starter.ts';
import type { Services } from './services.ts';

export interface FirstConfig {
  readonly file: string;
  /** What was chosen, and stands in the file from now on. */
  readonly choices: StarterChoices;
  /** Where the file that was replaced is now. */
  readonly copy?: string;
}

/**
 * Writes a first configuration for one node: containers where an engine answers now, plain programs otherwise. That
 * choice is made once and stands in the file. Throws EPH-CONFIG-EXISTS unless `force`d; then the old file
 * stays beside it as a copy.
 */
export async function writeFirstConfig(
  { host, engineAnswers }: Pick<Services, 'host' | 'engineAnswers'>,
  wish: { readonly network: string; readonly force: boolean; readonly config: string | undefined },
): Promise<FirstConfig> {
  const file = resolve(host.workingDirectory, wish.config ?? join('.', configFileName));
  const runtime = wish.network !== 'devnet' && (await engineAnswers()) ? 'container' : 'process';
  const choices = starterChoices(wish.network, runtime);
  const text = starterConfig(choices);
  parseConfig(text, file);
  try {
    const copy = wish.force ? await keepCopy(file) : undefined;
    await writeFile(file, text, { flag: wish.force ? 'w' : 'wx', mode: 0o644 });
    return copy === undefined ? { file, choices } : { file, choices, copy };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') {
      throw configErrors.create('EPH-CONFIG-EXISTS', { file }, cause);
    }
    throw configErrors.create('EPH-CONFIG-UNREADABLE', { file, reason: messageOf(cause) }, cause);
  }
}

async function keepCopy(file: string): Promise<string | undefined> {
  const facts = await stat(file).catch(() => undefined);
  if (facts === undefined) return undefined;
  const copy = `${file}.before`;
  await copyFile(file, copy);
  return copy;
}
