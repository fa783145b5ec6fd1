import { stat } from 'node:fs/promises';
import type { Document } from 'yaml';
import { writeFileAtomic } from '../base/atomic-files.ts';
import { messageOf } from '../base/errors.ts';
import { parseConfigDocument } from './document.ts';
import { configErrors } from './errors.ts';
import { readConfigText } from './load.ts';
import { type ParsedConfig, parseConfig } from './parse.ts';

/**
 * Changes the file in place: comments and order stay, the result is checked as if it had been loaded,
 * and only then replaces the old one. Throws what loading throws; the old file stays then.
 */
export async function editConfig(file: string, change: (document: Document) => void): Promise<ParsedConfig> {
  const { document } = parseConfigDocument(await readConfigText(file), file);
  change(document);
  const text = document.toString({ lineWidth: 0 });
  const parsed = parseConfig(text, file);
  const { mode } = await stat(file);
  await writeFileAtomic(file, text, { mode: mode & 0o777 }).catch((cause: unknown) => {
    throw configErrors.create('EPH-CONFIG-UNREADABLE', { file, reason: messageOf(cause) }, cause);
  });
  return parsed;
}
