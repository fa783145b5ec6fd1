import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { isEphemeryError, messageOf } from '../base/errors.ts';
import type { NetworkDefinition } from '../core/network/definition.ts';
import { networkErrors } from '../core/network/errors.ts';
import { parseDefinition } from '../core/network/parse-definition.ts';

const mostBytes = 64 * 1024;

/**
 * Reads a network's definition from a YAML file. Throws EPH-NETWORK-DEFINITION-UNREADABLE, and
 * EPH-NETWORK-DEFINITION-FIELD naming file and field.
 */
export async function readDefinitionFile(file: string): Promise<NetworkDefinition> {
  const { parse } = await import('yaml');
  try {
    if ((await stat(file)).size > mostBytes) throw new Error('it is longer than 64 KiB');
    const content: unknown = parse(await readFile(file, 'utf8'), { maxAliasCount: 20 });
    return parseDefinition(content, file, dirname(resolve(file)));
  } catch (thrown) {
    if (isEphemeryError(thrown)) throw thrown;
    const problem = messageOf(thrown).split('\n')[0] ?? '';
    throw networkErrors.create('EPH-NETWORK-DEFINITION-UNREADABLE', { file, problem }, thrown);
  }
}
