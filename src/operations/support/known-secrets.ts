import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
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
    value !== undefined && secretVariable.test(name) && !isSwitch(value) ? [value] : [],
  );
  return [...found, ...variables];
}

/** `1`, `true` and the like say nothing, and would be missed everywhere. */
export function isSwitch(value: string): boolean {
  return /^(?:\d{1,5}|yes|no|on|off|true|false|debug|info|warn|error)$/i.test(value);
}

const namesSecretFile = /(?:credentials|key|identity|password|secret|token)File$/i;

/**
 * Secrets in the files that a configuration names, wherever these lie: credentials of backup targets and of a signer's
 * database, private keys, identities. Relative paths count from `folder`.
 */
export async function secretsOfNamedFiles(config: unknown, folder: string): Promise<readonly string[]> {
  if (typeof config !== 'object' || config === null) return [];
  const found: string[] = [];
  for (const [name, value] of Object.entries(config)) {
    if (typeof value === 'object') found.push(...(await secretsOfNamedFiles(value, folder)));
    else if (typeof value === 'string' && namesSecretFile.test(name))
      found.push(...(await secretsOfFile(resolve(folder, value))).flatMap(secretIn));
  }
  return found;
}

/** The same of the text of a configuration that cannot be used. */
export async function secretsOfFilesIn(text: string, folder: string): Promise<readonly string[]> {
  const named = text.matchAll(/(\w+)["']?\s*:\s*["']?([^"'\s,{}]+)/g);
  const config = [...named].map(([, name = '', file = '']) => ({ [name]: file }));
  return secretsOfNamedFiles(config, folder);
}

/** Of `secret_access_key = …` what is secret is the value; a comment is none. */
function secretIn(line: string): string[] {
  const [, value] = /^[\w.-]+\s*[=:]\s*(\S.*)$/.exec(line) ?? [];
  return line.startsWith('#') ? [] : [value ?? line];
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
  const seen = await stat(path).catch(() => undefined);
  // A pipe or a device would be read for ever.
  if (seen?.isFile() !== true || seen.size > mostBytes) return [];
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
