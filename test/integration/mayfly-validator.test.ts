import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publicKeyOf } from '../../src/core/keys/public-key.ts';
import { testKeys, writeKeySet } from '../support/key-set.ts';
import { type MayflyBundle, writeMayflyBundle } from '../support/mayfly-bundle.ts';
import {
  type MayflyProcess,
  startMayfly,
  startMayflyValidator,
  until,
  type ValidatorProcess,
} from '../support/mayfly-process.ts';

const seed = 'validator-test';
const own = 32;
const keys = testKeys('users', 32);
/** Twice what the least machine needs for a slot, so that each duty can be asked for. */
const slotSeconds = 2;
const pubkeys = keys.map(({ pubkey }) => publicKeyOf(pubkey));
const feeRecipient = `0x${'fe'.repeat(20)}`;

interface Committee {
  readonly slot: string;
  readonly validators: readonly string[];
}

interface Block {
  readonly message: {
    readonly proposer_index: string;
    readonly body: {
      readonly graffiti: string;
      readonly execution_payload: { readonly fee_recipient: string };
    };
  };
}

const epochOf = (slot: number) => Math.floor(slot / 32);

/** 32 validators of the producer's seed, and as many that only a validator client has the keys of. */
describe("Mayfly's validator client beside a producer", () => {
  let directory: string;
  let bundle: MayflyBundle;
  let producer: MayflyProcess;
  let client: ValidatorProcess;
  let users: number[];

  const args = (of: MayflyBundle) => [
    `--bundle=${of.directory}`,
    `--beacon-url=${producer.url}`,
    `--key-set=${join(directory, 'set')}`,
    `--fee-recipient=${feeRecipient}`,
    '--graffiti=of a user',
  ];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mayfly-validator-'));
    await writeKeySet(join(directory, 'set'), keys);
    const genesisTimeSeconds = Math.floor(Date.now() / 1000) + 10;
    const common = { seed, validators: own, genesisTimeSeconds, slotSeconds };
    bundle = await writeMayflyBundle(join(directory, 'bundle'), { ...common, others: keys });
    producer = await startMayfly(join(directory, 'producer'), [
      `--bundle=${bundle.directory}`,
      '--stub-engine',
      ...['--produce', `--seed=${seed}`, `--validators=${own}`],
    ]);
    client = await startMayflyValidator(join(directory, 'client'), args(bundle));
    const known = (await producer.get(`/eth/v1/beacon/states/head/validators?id=${pubkeys.join(',')}`)) as {
      index: string;
    }[];
    users = known.map(({ index }) => Number(index));
  });

  afterAll(async () => {
    client?.child.kill('SIGKILL');
    await producer?.stop('SIGKILL');
    await rm(directory, { recursive: true, force: true });
  });

  const headSlot = async () =>
    Number(((await producer.get('/eth/v1/node/syncing')) as { head_slot: string }).head_slot);
  const currentSlot = async () => {
    const { genesis_time: genesis } = (await producer.get('/eth/v1/beacon/genesis')) as {
      genesis_time: string;
    };
    return Math.floor((Date.now() / 1000 - Number(genesis)) / slotSeconds);
  };
  /** Those of the validators that were seen in an epoch. */
  const live = async (epoch: number, indices: readonly number[]) => {
    const response = await fetch(`${producer.url}/eth/v1/validator/liveness/${epoch}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(indices.map(String)),
    });
    const { data } = (await response.json()) as { data: { index: string; is_live: boolean }[] };
    return data.filter((entry) => entry.is_live).map((entry) => Number(entry.index));
  };
  /** Who attests in these slots, by epoch; each validator does once an epoch. */
  const attestersBetween = async (first: number, last: number) => {
    const epochs = [...new Set([epochOf(first), epochOf(last)])];
    return Promise.all(
      epochs.map(async (epoch) => {
        const path = `/eth/v1/beacon/states/head/committees?epoch=${epoch}`;
        const committees = (await producer.get(path)) as Committee[];
        const isBetween = ({ slot }: Committee) => Number(slot) >= first && Number(slot) <= last;
        return {
          epoch,
          due: committees.filter(isBetween).flatMap(({ validators }) => validators.map(Number)),
        };
      }),
    );
  };
  const proposerOf = async (slot: number) => {
    const duties = (await producer.get(`/eth/v1/validator/duties/proposer/${epochOf(slot)}`)) as {
      slot: string;
      validator_index: string;
    }[];
    return Number(duties.find((duty) => Number(duty.slot) === slot)?.validator_index);
  };
  const usersSlots = async (first: number, last: number) => {
    const slots = Array.from({ length: last - first + 1 }, (_, i) => first + i).filter((slot) => slot > 0);
    const proposers = await Promise.all(slots.map(proposerOf));
    return slots.filter((_, i) => users.includes(proposers[i] ?? -1));
  };
  const proposedSlots = async () =>
    [...(await client.log()).matchAll(/"slot":(\d+),.*"a block was proposed"/g)].map(([, slot]) =>
      Number(slot),
    );
  /** The first slot whose duties were all the client's. */
  const dutiesBegan = async () => {
    const begun = /"slot":(\d+),"msg":"duties begin"/;
    await until(async () => begun.test(await client.log()));
    return Number(begun.exec(await client.log())?.[1]);
  };
  const blockAt = async (slot: number) => {
    const response = await fetch(`${producer.url}/eth/v2/beacon/blocks/${slot}`);
    return response.ok ? ((await response.json()) as { data: Block }).data : undefined;
  };

  it('shows its keys to whoever has its token', async () => {
    let shown: unknown;
    await until(async () => {
      const token = await readFile(join(directory, 'client', 'data', 'api-token.txt'), 'utf8').catch(
        () => '',
      );
      const headers = { authorization: `Bearer ${token.trim()}` };
      const answer = await fetch(`${client.url}/eth/v1/keystores`, { headers }).catch(() => undefined);
      shown = answer?.ok === true ? await answer.json() : undefined;
      return shown !== undefined;
    });
    const { data } = shown as { data: { validating_pubkey: string }[] };
    expect(data.map((entry) => entry.validating_pubkey).sort()).toEqual([...pubkeys].sort());
  });

  it('does every duty of its keys from its first slot on: votes and blocks', async () => {
    const first = await dutiesBegan();
    const last = first + 12;
    // A slot more: what is done late in a slot is still done.
    await until(async () => (await currentSlot()) > last + 1);
    for (const { epoch, due } of await attestersBetween(first, last)) {
      const theirs = due.filter((index) => users.includes(index));
      expect((await live(epoch, theirs)).sort()).toEqual(theirs.sort());
    }
    const slots = await usersSlots(first, last);
    expect(slots.length).toBeGreaterThan(0);
    expect(await proposedSlots()).toEqual(expect.arrayContaining(slots));
    const blocks = await Promise.all(slots.map(blockAt));
    const taken = blocks.filter((block) => block !== undefined);
    // A block that is later than its slot is one that the chain may go on without; the standard has it so.
    expect(taken.length).toBeGreaterThan(0);
    for (const block of taken) {
      const { graffiti, execution_payload: payload } = block.message.body;
      expect(Buffer.from(graffiti.slice(2), 'hex').toString()).toMatch(/^of a user\0+$/);
      expect(payload.fee_recipient.toLowerCase()).toBe(feeRecipient);
    }
  });

  it('ends at once on SIGTERM; its validators then miss, and the others go on', async () => {
    const askedAt = performance.now();
    client.child.kill('SIGTERM');
    expect(await client.ended).toBe(0);
    expect(performance.now() - askedAt).toBeLessThan(slotSeconds * 1000);
    const first = (await headSlot()) + 2;
    const last = first + 7;
    await until(async () => (await currentSlot()) > last);
    for (const { epoch, due } of await attestersBetween(first, last)) {
      const made = await Promise.all((await usersSlots(epoch * 32, first - 1)).map(proposerOf));
      const theirs = due.filter((index) => users.includes(index) && !made.includes(index));
      const ours = due.filter((index) => !users.includes(index));
      expect(Math.min(theirs.length, ours.length)).toBeGreaterThan(0);
      expect((await live(epoch, ours)).sort()).toEqual(ours.sort());
      expect(await live(epoch, theirs)).toEqual([]);
    }
    for (const slot of await usersSlots(first, last)) expect(await blockAt(slot)).toBeUndefined();
  });

  it('hands on what it signed as an interchange', async () => {
    const file = join(directory, 'interchange.json');
    const exporting = await startMayflyValidator(join(directory, 'client'), [
      `--bundle=${bundle.directory}`,
      `--export-protection=${file}`,
    ]);
    expect(await exporting.ended).toBe(0);
    const { data } = JSON.parse(await readFile(file, 'utf8')) as {
      data: { pubkey: string; signed_attestations: object[] }[];
    };
    const attested = data.filter(({ signed_attestations: list }) => list.length > 0);
    expect(attested.length).toBeGreaterThan(5);
    for (const { pubkey } of attested) expect(pubkeys).toContain(pubkey);
  });

  it('signs nothing for a beacon node of another network', async () => {
    const other = await writeMayflyBundle(join(directory, 'other'), {
      seed: 'another',
      validators: own,
      genesisTimeSeconds: Math.floor(Date.now() / 1000),
      slotSeconds,
      others: keys,
    });
    const lost = await startMayflyValidator(join(directory, 'lost'), args(other));
    expect(await lost.ended).toBe(1);
    expect(await lost.log()).toContain('EPH-MAYFLY-VALIDATOR-OTHER-NETWORK');
  });
});
