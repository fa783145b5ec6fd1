import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../base/atomic-files.ts';
import { runtimeErrors } from '../errors.ts';
import type { RunIdentity } from './run-token.ts';

/** What is on disk about the latest run of a unit or task; written before anything is started. */
export interface RunRecord {
  readonly version: 1;
  readonly name: string;
  /** Random; names the files by which the starting child reports. */
  readonly runId: string;
  readonly bootId: string;
  /** Wall clock, when the start was asked for. */
  readonly startedAtMs: number;
  /** Of the folder of records, as `folderPlace` tells it: a copy of the root has copies of the records. */
  readonly place?: string;
  readonly run:
    | { readonly phase: 'starting' }
    | { readonly phase: 'running'; readonly process: RunIdentity }
    | {
        readonly phase: 'ended';
        readonly process: RunIdentity;
        readonly exitCode?: number;
        readonly signal?: string;
      };
}

/** The records of one root, one file a name. */
export class RunRecords {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  pathOf(name: string): string {
    return join(this.folder, `${name}.json`);
  }

  /** Undefined when there never was one. Throws EPH-RUNTIME-RECORD-UNREADABLE: a damaged record is not "nothing runs". */
  async read(name: string): Promise<RunRecord | undefined> {
    const path = this.pathOf(name);
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
      throw runtimeErrors.create('EPH-RUNTIME-RECORD-UNREADABLE', { unit: name, path }, cause);
    }
    const record = parse(text);
    if (record?.name === name) return record;
    throw runtimeErrors.create('EPH-RUNTIME-RECORD-UNREADABLE', { unit: name, path });
  }

  async write(record: RunRecord): Promise<void> {
    await writeFileAtomic(this.pathOf(record.name), `${JSON.stringify(record)}\n`);
  }

  async remove(name: string): Promise<void> {
    await rm(this.pathOf(name), { force: true });
  }
}

function parse(text: string): RunRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isRecord(value) ? value : undefined;
}

function isRecord(value: unknown): value is RunRecord {
  if (!isObject(value) || value.version !== 1 || !isObject(value.run)) return false;
  if (typeof value.name !== 'string' || typeof value.runId !== 'string') return false;
  if (typeof value.bootId !== 'string' || typeof value.startedAtMs !== 'number') return false;
  const { phase, process } = value.run;
  return phase === 'starting' || ((phase === 'running' || phase === 'ended') && isIdentity(process));
}

function isIdentity(value: unknown): value is RunIdentity {
  if (!isObject(value) || typeof value.bootId !== 'string' || typeof value.startToken !== 'string')
    return false;
  return Number.isInteger(value.pid) && Number(value.pid) > 1;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
