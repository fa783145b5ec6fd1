import { SLOTS_PER_EPOCH } from '@lodestar/params';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { steppedSetup } from '../../../test/support/stepped.ts';
import { type ApiServer, startApiServer } from '../api/api-server.ts';
import { SteppedNetwork } from '../stepped-network.ts';
import { withChaos } from './chaos-routes.ts';
import { type LieTopic, lieTopics } from './lie-topics.ts';
import { wrongAnswer, wrongEvent } from './wrong-answers.ts';

// biome-ignore lint/suspicious/noExplicitAny: the answers of many routes, of which each test reads a part.
type Answer = any;

const nobody = `0x${'ba'.repeat(32)}`;
const nothingFinal = { epoch: '0', root: nobody };
const validators = '/eth/v1/beacon/states/head/validators';

/** What is asked, and by whose lie the answer is another. */
const questions: readonly (readonly [path: string, lie: LieTopic | 'none', body?: unknown])[] = [
  ['/eth/v1/beacon/genesis', 'genesis'],
  ['/eth/v1/beacon/headers/head', 'head'],
  ['/eth/v1/beacon/headers', 'head'],
  ['/eth/v1/beacon/blocks/head/root', 'head'],
  ['/eth/v1/beacon/headers?slot=4', 'none'],
  ['/eth/v2/debug/beacon/heads', 'none'],
  ['/eth/v1/beacon/headers/3', 'none'],
  ['/eth/v2/beacon/blocks/head', 'none'],
  ['/eth/v1/beacon/states/head/finality_checkpoints', 'finality'],
  ['/eth/v1/beacon/states/finalized/finality_checkpoints', 'finality'],
  ['/eth/v1/beacon/states/head/root', 'none'],
  ['/eth/v1/beacon/states/head/fork', 'none'],
  ['/eth/v1/node/syncing', 'syncing'],
  ['/eth/v1/node/health', 'syncing'],
  ['/eth/v1/node/health?syncing_status=299', 'syncing'],
  ['/eth/v1/node/version', 'none'],
  ['/eth/v1/config/spec', 'none'],
  [`${validators}?id=1,2`, 'validators'],
  [`${validators}/5`, 'validators'],
  [validators, 'validators', { ids: ['3'] }],
  ['/eth/v1/beacon/states/head/validator_balances?id=1', 'none'],
  ['/eth/v1/validator/duties/proposer/0', 'duties'],
  ['/eth/v2/validator/duties/proposer/1', 'duties'],
  ['/eth/v1/validator/duties/attester/0', 'duties', ['1', '2']],
  ['/eth/v1/validator/duties/sync/0', 'duties', ['1', '2']],
  ['/eth/v1/validator/attestation_data?slot=4&committee_index=0', 'none'],
  ['/eth/v1/beacon/states/head/committees?epoch=0', 'none'],
];

let stepped: SteppedNetwork;
let server: ApiServer;
let truth: readonly Answer[];

beforeAll(async () => {
  stepped = await SteppedNetwork.open(await steppedSetup(64));
  const chaos = withChaos(stepped.node.chaos, stepped.clock);
  server = await startApiServer({ node: stepped.node.api, address: '127.0.0.1', port: 0, ...chaos });
  await stepped.stepTo(4);
  truth = await askAll();
  return () => server.close();
}, 60_000);
afterAll(() => stepped.node.chaos.clear());

async function ask(path: string, body?: unknown, accept = 'application/json'): Promise<Answer> {
  const headers = { accept, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  const request = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
  const response = await fetch(server.url + path, request);
  const text = await response.text();
  return { status: response.status, ...(text === '' ? {} : { body: JSON.parse(text) }) };
}

function askAll(): Promise<Answer[]> {
  return Promise.all(questions.map(([path, , body]) => ask(path, body)));
}

/** The answers while this lie is told. */
async function during<T>(about: LieTopic, act: () => Promise<T>): Promise<T> {
  stepped.node.chaos.order({ kind: 'wrong-answers', about, durationMs: 60_000 });
  try {
    return await act();
  } finally {
    stepped.node.chaos.clear();
  }
}

const answersOf = async (about: LieTopic) => {
  const all = await during(about, askAll);
  return questions.flatMap(([path, lie], i) =>
    lie === about ? [{ path, told: all[i], true: truth[i] }] : [],
  );
};

describe('an API that lies about one thing', () => {
  it.each(lieTopics)('gives other answers about %s and true ones about all else', async (about) => {
    const told = await during(about, askAll);
    const wrong = questions.filter((_, i) => JSON.stringify(told[i]) !== JSON.stringify(truth[i]));
    expect(wrong).toEqual(questions.filter(([, lie]) => lie === about));
    expect(await askAll()).toEqual(truth);
  });

  it('tells nobody’s root of the genesis and of the head, and all else of them truly', async () => {
    for (const { told, true: real } of await answersOf('genesis')) {
      expect(told.body.data).toEqual({ ...real.body.data, genesis_validators_root: nobody });
    }
    for (const { told, true: real } of await answersOf('head')) {
      const lied = (data: Answer) => ({ ...data, root: nobody });
      const { data } = real.body;
      expect(told.body).toEqual({ ...real.body, data: Array.isArray(data) ? data.map(lied) : lied(data) });
    }
  });

  it('leaves a rival of the head in its slot what it is', () => {
    const asked = { path: '/eth/v1/beacon/headers', query: {} };
    const rival = { root: '0x01', canonical: false };
    const body = { data: [{ root: '0x02', canonical: true }, rival] };
    expect(wrongAnswer(asked, () => true, body)).toEqual({
      data: [{ root: nobody, canonical: true }, rival],
    });
  });

  it('tells that nothing is final', async () => {
    const none = {
      previous_justified: nothingFinal,
      current_justified: nothingFinal,
      finalized: nothingFinal,
    };
    for (const { told } of await answersOf('finality')) expect(told.body.data).toEqual(none);
  });

  it('tells that it syncs from the beginning, in its health too', async () => {
    const [status, health, asked] = await answersOf('syncing');
    expect(status?.told.body.data).toEqual({
      ...{ head_slot: '0', sync_distance: '4', is_syncing: true, is_optimistic: false, el_offline: false },
    });
    expect([health?.told.status, asked?.told.status]).toEqual([206, 299]);
  });

  it('tells that all validators were slashed and have left, with their true keys and balances', async () => {
    const gone = ({ validator, ...rest }: Answer) => ({
      ...{ ...rest, status: 'exited_slashed' },
      validator: { ...validator, slashed: true, exit_epoch: '0' },
    });
    const [listed, single, posted] = await answersOf('validators');
    expect(listed?.told.body.data).toEqual(listed?.true.body.data.map(gone));
    expect(single?.told.body.data).toEqual(gone(single?.true.body.data));
    expect(posted?.told.body.data).toEqual(posted?.true.body.data.map(gone));
  });

  it('tells everybody’s duty one slot late, within the epoch, or one seat further', async () => {
    const [first, second, attester, sync] = await answersOf('duties');
    const late = ({ slot, ...duty }: Answer) => {
      const epoch = Math.floor(slot / SLOTS_PER_EPOCH);
      return { ...duty, slot: `${epoch * SLOTS_PER_EPOCH + ((Number(slot) + 1) % SLOTS_PER_EPOCH)}` };
    };
    for (const duties of [first, second, attester]) {
      expect(duties?.told.body).toEqual({ ...duties?.true.body, data: duties?.true.body.data.map(late) });
    }
    const seats = (answer: Answer) =>
      answer.body.data.flatMap((duty: Answer) => duty.validator_sync_committee_indices.map(Number));
    expect(seats(sync?.told)).toEqual(seats(sync?.true).map((seat: number) => (seat + 1) % 512));
    expect(seats(sync?.true).length).toBeGreaterThan(0);
  });

  it('lies to who would rather have SSZ too', async () => {
    const accept = 'application/octet-stream;q=1,application/json;q=0.9';
    const { body } = await during('finality', () =>
      ask('/eth/v1/beacon/states/head/finality_checkpoints', undefined, accept),
    );
    expect(body.data.finalized).toEqual(nothingFinal);
  });

  it('gives no lie in place of an error', async () => {
    const missing = await ask(`${validators}/99`);
    expect(missing.status).toBe(404);
    expect(await during('validators', () => ask(`${validators}/99`))).toEqual(missing);
  });
});

describe('an event stream that lies', () => {
  /** One event of each topic, as it is told in a step. */
  async function eventsOfStep(): Promise<Map<string, Answer>> {
    const topics = ['head', 'head_v2', 'block', 'block_gossip', 'chain_reorg', 'payload_attributes'];
    const response = await fetch(`${server.url}/eth/v1/events?topics=${topics.join(',')}`);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    stepped.node.chaos.order({ kind: 'reorg', depth: 1 });
    await stepped.step();
    let text = '';
    while (!/payload_attributes\n.*\n\n/.test(text)) text += (await reader?.read())?.value;
    await reader?.cancel();
    const events = [...text.matchAll(/event: (.*)\ndata: (.*)\n\n/g)];
    return new Map(events.map(([, topic = '', data = '']) => [topic, JSON.parse(data)]));
  }

  it('names blocks that nobody has, and tells the rest truly', async () => {
    const events = await during('events', eventsOfStep);
    const { head } = stepped.node.chain;
    const slot = `${head.slot}`;
    expect(events.get('head')).toMatchObject({ slot, block: nobody, state: head.stateRoot });
    expect(events.get('head_v2').data).toMatchObject({ slot, block: nobody, state: head.stateRoot });
    expect(events.get('block')).toMatchObject({ slot, block: nobody });
    expect(events.get('block_gossip')).toMatchObject({ slot, block: nobody });
    expect(events.get('chain_reorg')).toMatchObject({ slot, new_head_block: nobody, depth: '1' });
    expect(events.get('payload_attributes').data.parent_block_root).toBe(head.root);
  });

  it('names such a block as finalized too', () => {
    const data = { block: stepped.node.chain.head.root, state: '0x12', epoch: '2' };
    expect(wrongEvent('finalized_checkpoint', () => true, data)).toEqual({ ...data, block: nobody });
    expect(wrongEvent('finalized_checkpoint', (about) => about !== 'events', data)).toBe(data);
  });

  it('names the new head alone falsely when it lies about the head', async () => {
    const events = await during('head', eventsOfStep);
    const { head } = stepped.node.chain;
    expect([events.get('head').block, events.get('head_v2').data.block]).toEqual([nobody, nobody]);
    expect(events.get('chain_reorg').new_head_block).toBe(nobody);
    expect([events.get('block').block, events.get('block_gossip').block]).toEqual([head.root, head.root]);
  });

  it.each(['finality', 'none'] as const)('is true while the API lies about: %s', async (about) => {
    const events = about === 'none' ? await eventsOfStep() : await during(about, eventsOfStep);
    const { head } = stepped.node.chain;
    expect([events.get('head').block, events.get('head_v2').data.block]).toEqual([head.root, head.root]);
    expect(events.get('chain_reorg').new_head_block).toBe(head.root);
  });
});
