import { DecodeError, listOf, oneOf, optional, record, text, whole } from '../node/decode.ts';
import type { PublicKey } from './public-key.ts';
import { readPublicKey } from './public-key.ts';

/** What a proposal of one key is made with, where somebody told its validator client so. */
export interface ToldSettings {
  readonly feeRecipient?: string;
  readonly gasLimit?: number;
  readonly graffiti?: string;
}

export type ToldName = keyof ToldSettings;

const toldNames: readonly ToldName[] = ['feeRecipient', 'gasLimit', 'graffiti'];

/** What the keys of one set were told over the keymanager API of whatever client had them. */
export interface ToldBook {
  /** The run of a client, by its handle, that has been told all this, and what holds there for a key that was told nothing. */
  readonly run?: { readonly token: string; readonly common: ToldSettings };
  readonly keys: ReadonlyMap<PublicKey, ToldSettings>;
  /**
   * The key that is told nothing at this moment, to learn what holds then, and what its client answered for it before.
   * Found later, it is what a kill left.
   */
  readonly bared?: { readonly key: PublicKey; readonly seen: ToldSettings };
}

export const emptyToldBook: ToldBook = { keys: new Map() };

const mostKeys = 100_000;
const settings = {
  feeRecipient: optional(text),
  gasLimit: optional(whole),
  graffiti: optional(text),
};
const publicKey = (value: unknown): PublicKey => {
  const key = readPublicKey(text(value));
  if (key === undefined) throw new DecodeError('expected a public key');
  return key;
};
const book = record({
  version: oneOf('1'),
  run: optional(record({ token: text, common: record(settings) })),
  keys: listOf(record({ key: publicKey, ...settings }), mostKeys),
  bared: optional(record({ key: publicKey, seen: record(settings) })),
});

/** Undefined for what is no such text, or one of a later version. */
export function readToldBook(content: string): ToldBook | undefined {
  try {
    const { run, keys, bared } = book(JSON.parse(content));
    return {
      ...(run === undefined ? {} : { run }),
      ...(bared === undefined ? {} : { bared }),
      keys: new Map(keys.map(({ key, ...told }) => [key, told])),
    };
  } catch (thrown) {
    if (thrown instanceof DecodeError || thrown instanceof SyntaxError) return undefined;
    throw thrown;
  }
}

export function toldBookText({ run, keys, bared }: ToldBook): string {
  const told = [...keys]
    .filter(([, each]) => Object.keys(each).length > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const content = {
    version: '1',
    ...(run === undefined ? {} : { run }),
    keys: told.map(([key, each]) => ({ key, ...each })),
    ...(bared === undefined ? {} : { bared }),
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

/** Clients write addresses in either case. */
export function isSameSetting(name: ToldName, one: unknown, other: unknown): boolean {
  const fold = (value: unknown) =>
    name === 'feeRecipient' && value !== undefined ? `${value}`.toLowerCase() : value;
  return fold(one) === fold(other);
}

/** What a client answers for a key, held against what it answers for one that was told nothing. */
export interface Answered {
  readonly seen: ToldSettings;
  readonly common: ToldSettings;
}

/**
 * What a key was told, when `before` was known and its client now answers so: what is not the client's own. Of names that
 * nobody asked about, and where the client suddenly tells nothing, what was known holds.
 */
export function toldNow(before: ToldSettings, names: readonly ToldName[], answered: Answered): ToldSettings {
  const { seen, common } = answered;
  const now = toldNames.map((name) => {
    if (!names.includes(name) || (seen[name] === undefined && common[name] !== undefined))
      return [name, before[name]] as const;
    return [name, isSameSetting(name, seen[name], common[name]) ? undefined : seen[name]] as const;
  });
  return Object.fromEntries(now.filter(([, value]) => value !== undefined));
}
