import { SLOTS_PER_EPOCH, SYNC_COMMITTEE_SIZE } from '@lodestar/params';
import type { LieTopic } from './lie-topics.ts';

type Json = Readonly<Record<string, unknown>>;

/** Whether the API is to lie about this now. */
export type IsLie = (about: LieTopic) => boolean;

/** What a client asks for. */
export interface Asked {
  readonly path: string;
  readonly query: Json;
}

interface Lie {
  readonly paths: RegExp;
  /** Further, by what is asked of the path. */
  readonly isFor?: (asked: Asked) => boolean;
  /** What stands in place of the true data, which is one thing or a list. */
  readonly tell: (data: Json) => Json;
}

const nobodysRoot = `0x${'ba'.repeat(32)}`;
const nothingFinal = { epoch: '0', root: nobodysRoot };

/** Wrong, but of the right form: a client has to notice by comparing, not by failing to read. */
const lies: { readonly [about in Exclude<LieTopic, 'events'>]: Lie } = {
  /** Another network. */
  genesis: {
    paths: /^\/eth\/v1\/beacon\/genesis$/,
    tell: (data) => ({ ...data, genesis_validators_root: nobodysRoot }),
  },
  /** A head that nobody has, wherever its root is told, in events of a new one too (`wrongEvent`); debug is true. */
  head: {
    paths: /^\/eth\/v1\/beacon\/(headers(\/head)?|blocks\/head\/root)$/,
    isFor: ({ query }) => query.slot === undefined && query.parent_root === undefined,
    tell: (data) => (data.canonical === false ? data : { ...data, root: nobodysRoot }),
  },
  /** Nothing was justified or finalized yet, and what would be is a block that nobody has. */
  finality: {
    paths: /^\/eth\/v1\/beacon\/states\/[^/]+\/finality_checkpoints$/,
    tell: () => ({
      previous_justified: nothingFinal,
      current_justified: nothingFinal,
      finalized: nothingFinal,
    }),
  },
  /** It has only just begun to sync; the health says so too (`wrongHealth`). */
  syncing: {
    paths: /^\/eth\/v1\/node\/syncing$/,
    tell: (data) => ({
      ...data,
      head_slot: '0',
      sync_distance: `${Number(data.head_slot) + Number(data.sync_distance)}`,
      is_syncing: true,
    }),
  },
  /** All validators were slashed and have left. */
  validators: {
    paths: /^\/eth\/v1\/beacon\/states\/[^/]+\/validators(\/[^/]+)?$/,
    tell: (data) => ({
      ...data,
      status: 'exited_slashed',
      validator: { ...(data.validator as Json), slashed: true, exit_epoch: '0' },
    }),
  },
  /** Everybody's turn is one slot later than in truth, or one seat further in the sync committee. */
  duties: {
    paths: /^\/eth\/v[12]\/validator\/duties\/(attester|proposer|sync)\/[^/]+$/,
    tell: (data) => ({
      ...data,
      ...('slot' in data ? { slot: `${nextInEpoch(Number(data.slot))}` } : {}),
      ...(Array.isArray(data.validator_sync_committee_indices)
        ? { validator_sync_committee_indices: data.validator_sync_committee_indices.map(nextSeat) }
        : {}),
    }),
  },
};

const answering = Object.entries(lies) as [Exclude<LieTopic, 'events'>, Lie][];

/** Where the events name a block, by their topic, and the lies by which it is nobody's. */
const blockFields: Readonly<Record<string, readonly [field: string, ...lies: LieTopic[]]>> = {
  head: ['block', 'events', 'head'],
  head_v2: ['block', 'events', 'head'],
  chain_reorg: ['new_head_block', 'events', 'head'],
  block: ['block', 'events'],
  block_gossip: ['block', 'events'],
  finalized_checkpoint: ['block', 'events'],
};

/** What a lying API says in place of a true JSON answer, or the answer itself. */
export function wrongAnswer(asked: Asked, isLie: IsLie, body: unknown): unknown {
  return told(asked, isLie).reduce((answer, { tell }) => withData(answer, tell), body);
}

/** Whether the answer to this is to be a lie. */
export function isLiedAbout(asked: Asked, isLie: IsLie): boolean {
  return told(asked, isLie).length > 0;
}

/** The status of the health in place of a true 200: as of a node that syncs, or the one that was asked for. */
export function wrongHealth({ path, query }: Asked, isLie: IsLie): number | undefined {
  if (path !== '/eth/v1/node/health' || !isLie('syncing')) return undefined;
  return query.syncing_status === undefined ? 206 : Number(query.syncing_status);
}

/** The data of an event that names a block that nobody has, or the event as it is. */
export function wrongEvent(topic: string, isLie: IsLie, data: unknown): unknown {
  const [field, ...lies] = blockFields[topic] ?? [];
  if (field === undefined || !lies.some(isLie) || !isJson(data)) return data;
  const tell = (event: Json) => ({ ...event, [field]: nobodysRoot });
  return topic === 'head_v2' ? withData(data, tell) : tell(data);
}

function told(asked: Asked, isLie: IsLie): Lie[] {
  return answering
    .filter(([about, { paths, isFor }]) => paths.test(asked.path) && isFor?.(asked) !== false && isLie(about))
    .map(([, lie]) => lie);
}

function withData(body: unknown, tell: Lie['tell']): unknown {
  if (!isJson(body) || !('data' in body)) return body;
  const { data } = body;
  if (Array.isArray(data)) return { ...body, data: data.map((item) => (isJson(item) ? tell(item) : item)) };
  return isJson(data) ? { ...body, data: tell(data) } : body;
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}

function nextInEpoch(slot: number): number {
  const first = slot - (slot % SLOTS_PER_EPOCH);
  return first + ((slot - first + 1) % SLOTS_PER_EPOCH);
}

function nextSeat(seat: unknown): string {
  return `${(Number(seat) + 1) % SYNC_COMMITTEE_SIZE}`;
}
