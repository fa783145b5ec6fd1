import { isUtf8 } from 'node:buffer';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isEphemeryError, messageOf } from '../base/errors.ts';
import { genesisErrors } from './errors.ts';
import type { GenesisInputs, InputFile } from './inputs.ts';

const limits = { bytesPerFile: 64 << 20, validatorFiles: 10_000 } as const;

/**
 * Reads a folder in the layout of the public network's repository. The bootnode lists may be absent.
 * Throws EPH-GENESIS-INPUT-MISSING and EPH-GENESIS-INPUT-UNREADABLE.
 */
export async function readInputs(directory: string): Promise<GenesisInputs> {
  return {
    values: await readRequired(directory, 'values.env'),
    consensusTemplate: await readRequired(directory, 'cl-config.yaml'),
    executionTemplate: await readRequired(directory, 'el-config.yaml'),
    validators: await readValidatorFiles(directory),
    enodes: await readOptional(directory, 'el-bootnodes.txt'),
    bootnodes: await readOptional(directory, 'cl-bootnodes.txt'),
  };
}

/** Every file of `validators/` (or of another folder), in the order in which genesis takes them. Throws as `readInputs`. */
export async function readValidatorFiles(directory: string, under = 'validators'): Promise<InputFile[]> {
  let names: string[];
  try {
    names = await readdir(join(directory, under));
  } catch (cause) {
    throw genesisErrors.create('EPH-GENESIS-INPUT-MISSING', { directory, file: `${under}/` }, cause);
  }
  // A shell's glob: no hidden files, in byte order.
  const wanted = names.filter((name) => name.endsWith('.txt') && !name.startsWith('.')).sort(byteOrder);
  if (wanted.length > limits.validatorFiles)
    throw unreadable(join(directory, under), `it holds more than ${limits.validatorFiles} files`);
  const files: InputFile[] = [];
  for (const name of wanted) files.push(await readRequired(directory, `${under}/${name}`));
  return files;
}

async function readRequired(directory: string, file: string): Promise<InputFile> {
  const read = await readFileIfThere(directory, file);
  if (read === undefined) throw genesisErrors.create('EPH-GENESIS-INPUT-MISSING', { directory, file });
  return read;
}

async function readOptional(directory: string, file: string): Promise<InputFile> {
  return (await readFileIfThere(directory, file)) ?? { name: file, text: '' };
}

async function readFileIfThere(directory: string, name: string): Promise<InputFile | undefined> {
  const path = join(directory, name);
  try {
    const { size } = await stat(path);
    if (size > limits.bytesPerFile) throw unreadable(path, `it is larger than ${limits.bytesPerFile} bytes`);
    return { name, text: textOf(await readFile(path), path) };
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    if (isEphemeryError(cause)) throw cause;
    throw unreadable(path, messageOf(cause), cause);
  }
}

function textOf(bytes: Buffer, path: string): string {
  if (!isUtf8(bytes)) throw unreadable(path, `line ${wrongLineOf(bytes)} is no UTF-8`);
  return new TextDecoder().decode(bytes);
}

/** The first line that is no UTF-8, counted from 1; a line break is never part of another character. */
function wrongLineOf(bytes: Buffer): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line += 1) {
    const end = bytes.indexOf(10, start);
    const after = end < 0 ? bytes.length : end + 1;
    if (!isUtf8(bytes.subarray(start, after))) break;
    start = after;
  }
  return line;
}

function unreadable(path: string, problem: string, cause?: unknown): Error {
  return genesisErrors.create('EPH-GENESIS-INPUT-UNREADABLE', { path, problem }, cause);
}

function byteOrder(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
