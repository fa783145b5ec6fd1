import { isAbsolute, resolve } from 'node:path';
import type { NetworkDefinition, ReleaseSourceDefinition } from './definition.ts';
import { networkErrors } from './errors.ts';

type Fields = Readonly<Record<string, unknown>>;

const sourceKinds = ['github', 'mirror', 'directory'] as const;
const definitionFields = [
  'name',
  'baseTimeSeconds',
  'baseChainId',
  'periodSeconds',
  'genesisDelaySeconds',
  'publishLeadSeconds',
  'prefetchLeadSeconds',
  'releaseTagPrefix',
  'releaseSources',
  'checkpointProviders',
  'genesisForkVersion',
];

/**
 * Makes a definition of what a person wrote (the parsed content of `file`). Leads absent take a quarter of
 * the period or two hours, whichever is shorter; the tag prefix is the name and a dash unless given;
 * relative paths count from `folder`. Throws EPH-NETWORK-DEFINITION-FIELD naming file and field.
 */
export function parseDefinition(content: unknown, file: string, folder: string): NetworkDefinition {
  const read = new DefinitionReader(file, folder, content);
  read.refuseOthers(definitionFields);
  const name = read.name();
  const periodSeconds = read.integer('periodSeconds', { from: 30, to: 10 * 365 * 86_400 });
  const leadSeconds = Math.min(7_200, Math.floor(periodSeconds / 4));
  const version = read.forkVersion();
  return {
    name,
    baseTimeSeconds: read.integer('baseTimeSeconds', { from: 0, to: 2 ** 40 }),
    baseChainId: read.integer('baseChainId', { from: 1, to: 2 ** 48 }),
    periodSeconds,
    genesisDelaySeconds: read.integer('genesisDelaySeconds', { from: 0, to: periodSeconds - 1 }, 15),
    publishLeadSeconds: read.integer('publishLeadSeconds', { from: 0, to: periodSeconds }, leadSeconds),
    prefetchLeadSeconds: read.integer('prefetchLeadSeconds', { from: 0, to: periodSeconds }, leadSeconds),
    releaseTagPrefix: read.tagPrefix(`${name}-`),
    releaseSources: read.list('releaseSources').map((_, index) => read.source(index)),
    checkpointProviders: read.list('checkpointProviders').map((value, index) => {
      return read.toldUrl(value, `checkpointProviders[${index}]`);
    }),
    ...(version === undefined ? {} : { genesisForkVersion: version }),
  };
}

class DefinitionReader {
  private readonly file: string;
  private readonly folder: string;
  private readonly fields: Fields;

  constructor(file: string, folder: string, content: unknown) {
    this.file = file;
    this.folder = folder;
    if (!isFields(content)) throw this.wrong('(top)', 'a map of fields is expected');
    this.fields = content;
  }

  refuseOthers(allowed: readonly string[]): void {
    const other = Object.keys(this.fields).find((field) => !allowed.includes(field));
    if (other !== undefined) throw this.wrong(other, 'no such field');
  }

  name(): string {
    const value = this.fields.name;
    if (typeof value === 'string' && /^[a-z][a-z0-9-]{0,40}$/.test(value)) return value;
    throw this.wrong('name', 'lower-case letters, digits and dashes are expected, a letter first');
  }

  tagPrefix(otherwise: string): string {
    const value = this.fields.releaseTagPrefix ?? otherwise;
    if (typeof value === 'string' && /^[A-Za-z0-9][A-Za-z0-9._-]{0,60}$/.test(value)) return value;
    throw this.wrong('releaseTagPrefix', 'letters, digits, dots, dashes and underscores are expected');
  }

  integer(field: string, range: { from: number; to: number }, otherwise?: number): number {
    const value = this.fields[field] ?? otherwise;
    const fits =
      typeof value === 'number' && Number.isSafeInteger(value) && value >= range.from && value <= range.to;
    if (fits) return value;
    throw this.wrong(field, `a whole number from ${range.from} to ${range.to} is expected`);
  }

  forkVersion(): string | undefined {
    const value = this.fields.genesisForkVersion;
    if (value === undefined) return undefined;
    if (typeof value === 'string' && /^0x[0-9a-fA-F]{8}$/.test(value)) return value.toLowerCase();
    throw this.wrong('genesisForkVersion', '0x and eight hex digits in quotes are expected');
  }

  list(field: string): readonly unknown[] {
    const value = this.fields[field] ?? [];
    if (Array.isArray(value) && value.length <= 20) return value;
    throw this.wrong(field, 'a list of at most 20 is expected');
  }

  source(index: number): ReleaseSourceDefinition {
    const field = `releaseSources[${index}]`;
    const value = this.list('releaseSources')[index];
    if (!isFields(value)) throw this.wrong(field, 'a map with kind is expected');
    const kind = sourceKinds.find((known) => known === value.kind);
    if (kind === undefined) throw this.wrong(`${field}.kind`, `one of ${sourceKinds.join(', ')} is expected`);
    if (kind !== 'directory') return { kind, url: this.url(value.url, `${field}.url`) };
    const path = value.path;
    if (typeof path !== 'string' || path === '') throw this.wrong(`${field}.path`, 'a path is expected');
    return { kind, path: isAbsolute(path) ? path : resolve(this.folder, path) };
  }

  url(value: unknown, field: string): string {
    const problem = this.wrong(field, 'an http or https address is expected');
    if (typeof value !== 'string' || !URL.canParse(value)) throw problem;
    const { protocol } = new URL(value);
    if (protocol !== 'http:' && protocol !== 'https:') throw problem;
    return value.replace(/\/+$/, '');
  }

  /** A client gets it as an argument, which every user of the machine can read. */
  toldUrl(value: unknown, field: string): string {
    const url = this.url(value, field);
    const { username, password } = new URL(url);
    if (username === '' && password === '') return url;
    throw this.wrong(field, 'an address without a user name and password is expected');
  }

  private wrong(field: string, problem: string): Error {
    return networkErrors.create('EPH-NETWORK-DEFINITION-FIELD', { file: this.file, field, problem });
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
