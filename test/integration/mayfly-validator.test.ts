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
const own = 48;
const keys = testKeys('users', 16);
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

/** 48 validators of the producer's seed and 16 that only a validator client has the keys of; 1 s slots. */
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
    const genesisTimeSeconds = Math.floor(Date.now() / 1000) + 12;
    const common = { seed, validators: own, genesisTimeSeconds, slotSeconds: 1 };
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
  const committees = async (epoch: number) =>
    (await producer.get(`/eth/v1/beacon/states/head/committees?epoch=${epoch}`)) as Committee[];
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
  const attestersBetween = async (epoch: number, first: number, last: number) =>
    (await committees(epoch))
      .filter(({ slot }) => Number(slot) >= first && Number(slot) <= last)
      .flatMap(({ validators }) => validators.map(Number));
  const proposerOf = async (slot: number) => {
    const duties = (await producer.get(`/eth/v1/validator/duties/proposer/${Math.floor(slot / 32)}`)) as {
      slot: string;
      validator_index: string;
    }[];
    return Number(duties.find((duty) => Number(duty.slot) === slot)?.validator_index);
  };
  /** A machine that is busy misses a vote now and then; nobody else's is counted. */
  const expectMost = (seen: readonly number[], due: readonly number[]) => {
    expect(due).toEqual(expect.arrayContaining([...seen]));
    expect(seen.length).toBeGreaterThanOrEqual(Math.ceil(due.length * 0.75));
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

  it('attests with all its keys and makes their blocks', async () => {
    await until(async () => (await headSlot()) >= 24);
    const due = (await attestersBetween(0, 1, 22)).filter((index) => users.includes(index));
    expect(due.length).toBeGreaterThan(5);
    expectMost(await live(0, due), due);
    let made = 0;
    for (let slot = 1; slot <= 22; slot++) {
      const block = users.includes(await proposerOf(slot)) ? await blockAt(slot) : undefined;
      if (block === undefined) continue;
      made++;
      const { graffiti, execution_payload: payload } = block.message.body;
      expect(Buffer.from(graffiti.slice(2), 'hex').toString()).toMatch(/^of a user\0+$/);
      expect(payload.fee_recipient.toLowerCase()).toBe(feeRecipient);
    }
    expect(made).toBeGreaterThan(0);
  });

  it('ends at once on SIGTERM; its validators then miss, and the others go on', async () => {
    const askedAt = performance.now();
    client.child.kill('SIGTERM');
    expect(await client.ended).toBe(0);
    expect(performance.now() - askedAt).toBeLessThan(1_000);
    const stoppedAt = await headSlot();
    await until(async () => (await headSlot()) >= 44);
    const later = await attestersBetween(1, Math.max(32, stoppedAt + 2), 42);
    const [theirs, ours] = [true, false].map((isUser) =>
      later.filter((index) => users.includes(index) === isUser),
    ) as [number[], number[]];
    expect(Math.min(theirs.length, ours.length)).toBeGreaterThan(0);
    expectMost(await live(1, ours), ours);
    expect(await live(1, theirs)).toEqual([]);
    for (let slot = stoppedAt + 2; slot <= 42; slot++) {
      if (users.includes(await proposerOf(slot))) expect(await blockAt(slot)).toBeUndefined();
    }
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
      slotSeconds: 1,
      others: keys,
    });
    const lost = await startMayflyValidator(join(directory, 'lost'), args(other));
    expect(await lost.ended).toBe(1);
    expect(await lost.log()).toContain('EPH-MAYFLY-VALIDATOR-OTHER-NETWORK');
  });
});
