import { open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { isEphemeryError, messageOf } from '../../base/errors.ts';
import { findConfig, readConfigText } from '../../config/load.ts';
import { packArchive } from '../../genesis/archive.ts';
import type { Control } from '../control/control.ts';
import { type ConfigWish, effectiveConfig } from '../effective-config.ts';
import { openControl } from '../open-control.ts';
import type { Services } from '../services.ts';
import { supportErrors } from './errors.ts';
import { knownSecrets, secretsOfFilesIn, secretsOfNamedFiles } from './known-secrets.ts';
import { secretsOf } from './redact-config.ts';
import { createScrub } from './scrub.ts';
import { gatherParts, type PartSources, type SupportPart } from './support-parts.ts';

export interface SupportWish extends ConfigWish {
  /** The file to write; named after the moment, in the working directory, unless told. */
  readonly out?: string | undefined;
  /** Of each log. */
  readonly logLines: number;
}

export interface SupportContent {
  readonly path: string;
  readonly what: string;
  readonly bytes: number;
}

/** A bundle that was gathered and scrubbed, and is not written yet. */
export interface GatheredBundle {
  readonly file: string;
  readonly contents: readonly SupportContent[];
  /** Writes it, for our user alone; resolves with its size. Throws EPH-SUPPORT-EXISTS, EPH-SUPPORT-UNWRITABLE. */
  write(): Promise<number>;
}

/**
 * Gathers what somebody who helps wants to see, and takes every secret out of it: those that the root, the
 * configuration and the environment hold, wherever they turn up, and whatever looks like one. Files of keys,
 * secrets, node identities and slashing protection are never read into it.
 */
export async function gatherBundle(
  services: Services,
  wish: SupportWish,
  signal: AbortSignal,
): Promise<GatheredBundle> {
  const { paths, host, clock } = services;
  const found = await configOrRefusal(services, wish);
  const { config, refused } = found;
  const secrets = [
    ...(await knownSecrets(paths, host.env)),
    ...(config === undefined ? [] : await secretsOfNamedFiles(config.config, config.folder)),
    ...(config === undefined ? await wordsOfConfig(found) : secretsOf(config.config)),
  ];
  const scrub = createScrub(secrets);
  // Asked once: whoever hangs is waited for once.
  let opened: Promise<Control> | undefined;
  const control = () => {
    opened ??= openControl(services, wish);
    return opened;
  };
  const gathered = await gatherParts({
    services,
    control,
    config,
    ...(refused === undefined ? {} : { refused }),
    logLines: wish.logLines,
    signal,
  });
  const scrubbed = gathered.map((part) => ({ ...part, text: scrub(part.text) }));
  const name = `ephemery-support-${new Date(clock.nowMs()).toISOString().replaceAll(/[:.]/g, '-')}`;
  const parts = [readme(scrubbed), ...scrubbed];
  const file = resolve(host.workingDirectory, wish.out ?? `${name}.tar.gz`);
  return {
    file,
    contents: parts.map(({ path, what, text }) => ({ path, what, bytes: Buffer.byteLength(text) })),
    async write() {
      const files = new Map(parts.map(({ path, text }) => [`${name}/${path}`, Buffer.from(text)]));
      const archive = await packArchive(files, Math.floor(clock.nowMs() / 1_000));
      await writeNew(file, archive);
      return archive.length;
    },
  };
}

function ours(thrown: unknown): undefined {
  if (!isEphemeryError(thrown)) throw thrown;
  return undefined;
}

interface FoundConfig extends Pick<PartSources, 'config' | 'refused'> {
  /** Of one that cannot be used. */
  readonly file?: string | undefined;
}

async function configOrRefusal(services: Services, wish: SupportWish): Promise<FoundConfig> {
  try {
    return { config: await effectiveConfig(services, wish) };
  } catch (reason) {
    if (!isEphemeryError(reason)) throw reason;
    const { host, paths } = services;
    const places = { given: wish.config, workingDirectory: host.workingDirectory, root: paths.root };
    const file = await findConfig(places).catch(ours);
    const text = file === undefined ? undefined : await readConfigText(file).catch(ours);
    return { config: undefined, refused: { reason, text }, file };
  }
}

/** Of a configuration that cannot be used nobody knows which words are secret: none of the long ones is shown. */
async function wordsOfConfig({ file, refused }: FoundConfig): Promise<readonly string[]> {
  const text = refused?.text ?? '';
  const { parse } = await import('yaml');
  const written = await Promise.resolve()
    .then(() => secretsOf(parse(text, { maxAliasCount: 0 })))
    .catch(() => []);
  const quoted = [...text.matchAll(/"([^"\n]+)"|'([^'\n]+)'/g)].map((match) => match[1] ?? match[2] ?? '');
  // A key in front of its value says what the value is, and is none itself.
  const words = (text.match(/[^\s"'{}[\],]{12,}/g) ?? []).filter((word) => !/^[A-Za-z]+:$/.test(word));
  const kept = file === undefined ? [] : await secretsOfFilesIn(text, dirname(file));
  return [...written, ...kept, ...[...quoted, ...words].flatMap((word) => [word, ...secretsOf(word)])];
}

function readme(parts: readonly SupportPart[]): SupportPart {
  const lines = parts.map(({ path, what }) => `${path}: ${what}`);
  const text = [
    'Made by `ephemery support bundle`, for somebody who helps.',
    'Secrets were replaced by [secret] or [redacted]. Look through it all the same before you give it away.',
    'Not in it: keys, passwords, tokens, node identities, slashing protection, chain data.',
    '',
    ...lines,
    '',
  ].join('\n');
  return { path: 'README.txt', what: 'what is in it, and what is not', text };
}

/** Makes a file that is not there yet. */
async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'EEXIST') throw supportErrors.create('EPH-SUPPORT-EXISTS', { file: path }, cause);
    throw supportErrors.create('EPH-SUPPORT-UNWRITABLE', { file: path, reason: messageOf(cause) }, cause);
  }
}
