import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RootPaths } from '../../storage/files/root-paths.ts';

const mostBytes = 16 * 1024;
const secretVariable = /passw|secret|token|key|auth|cookie|credential|mnemonic|seed/i;

/**
 * Every secret that a root holds, and those of this process's environment, by value, so that they are recognised
 * wherever they turn up: contents of the files under `secrets`, node keys, and passwords of keystores.
 */
export async function knownSecrets(
  paths: Pick<RootPaths, 'nodes' | 'keys' | 'devnets'>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[]> {
  const found = [
    ...(await secretsIn(paths.nodes)),
    ...(await secretsIn(paths.devnets)),
    ...(await secretsIn(paths.keys, true)),
  ];
  const variables = Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && secretVariable.test(name) ? [value] : [],
  );
  return [...found, ...variables];
}

const secretFolders: ReadonlySet<string> = new Set(['secrets', 'identity', 'keys']);
/** Large, and without secrets of ours. */
const skipped: ReadonlySet<string> = new Set(['chains', 'releases', 'artifacts', 'logs', 'protection']);

async function secretsIn(folder: string, isSecret = false): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const secrets: string[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !skipped.has(entry.name)) {
      secrets.push(...(await secretsIn(path, isSecret || secretFolders.has(entry.name))));
    } else if (entry.isFile() && isSecret) secrets.push(...(await secretsOfFile(path)));
  }
  return secrets;
}

async function secretsOfFile(path: string): Promise<string[]> {
  const { size } = await stat(path).catch(() => ({ size: Number.POSITIVE_INFINITY }));
  if (size > mostBytes) return [];
  const text = await readFile(path, 'utf8').catch(() => '');
  if (text.trimStart().startsWith('{')) return jsonSecrets(text);
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return lines.flatMap((line) => [line, line.replace(/^0x/, '')]);
}

const publicFields = /^(?:pubkey|pub_key|public_?key|path|uuid|version|description|name|function|address)$/i;

/** Texts of a JSON file, but for those that are known to be public. */
function jsonSecrets(text: string): string[] {
  try {
    return texts(JSON.parse(text));
  } catch {
    return [];
  }
}

function texts(value: unknown, key = ''): string[] {
  if (typeof value === 'string') return publicFields.test(key) || value.length < 12 ? [] : [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => texts(inner, name));
}
