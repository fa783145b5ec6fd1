import { stat } from 'node:fs/promises';
import type { Document } from 'yaml';
import { writeFileAtomic } from '../base/atomic-files.ts';
import { messageOf } from '../base/errors.ts';
import { parseConfigDocument } from './document.ts';
import { configErrors } from './errors.ts';
import { keepFlowPadding } from './flow-padding.ts';
import { readConfigText } from './load.ts';
import { type ParsedConfig, parseConfig } from './parse.ts';

/** A change to a configuration's document; comments are part of it. */
export type ConfigEdit = (document: Pick<Document, 'getIn' | 'setIn' | 'deleteIn'>) => void;

/** What the file would be after a change, checked as if it had been loaded. Throws what loading throws. */
export async function previewEdit(file: string, change: ConfigEdit): Promise<ParsedConfig> {
  return parseConfig(await changedText(file, change), file);
}

async function changedText(file: string, change: ConfigEdit): Promise<string> {
  const text = await readConfigText(file);
  const { document } = parseConfigDocument(text, file);
  keepFlowPadding(document, text);
  change(document);
  return document.toString({ lineWidth: 0 });
}

/**
 * Changes the file in place: comments and order stay, the result is checked as if it had been loaded,
 * and only then replaces the old one. Throws what loading throws; the old file stays then.
 */
export async function editConfig(file: string, change: ConfigEdit): Promise<ParsedConfig> {
  const text = await changedText(file, change);
  const parsed = parseConfig(text, file);
  const { mode } = await stat(file);
  await writeFileAtomic(file, text, { mode: mode & 0o777 }).catch((cause: unknown) => {
    throw configErrors.create('EPH-CONFIG-UNREADABLE', { file, reason: messageOf(cause) }, cause);
  });
  return parsed;
}
