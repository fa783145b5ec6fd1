import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../../../test/support/mayfly-process.ts';
import { type ServedNetwork, serveStepped } from '../../../test/support/served-network.ts';
import type { ChaosCommand } from './chaos-command.ts';

let served: ServedNetwork;

beforeEach(async () => {
  served = await serveStepped({ validators: 64, outside: 0, chaos: true });
  await served.stepped.stepTo(2);
});

/** A listener of some topics: what it has read, and why its stream ended. */
async function listen(topics = 'head') {
  const response = await fetch(`${served.url}/eth/v1/events?topics=${topics}`);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const heard = { text: '', ended: undefined as string | undefined };
  const read = async () => {
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read())
      heard.text += part.value;
  };
  void read().then(
    () => {
      heard.ended = 'whole';
    },
    (cause: Error) => {
      heard.ended = cause.message;
    },
  );
  onTestFinished(() => reader?.cancel().catch(() => undefined));
  return heard;
}

const slots = ({ text }: { text: string }) => [...text.matchAll(/"slot":"(\d+)"/g)].map(([, slot]) => slot);
const order = (command: ChaosCommand) => served.stepped.node.chaos.order(command);
/** What was written to a stream before these answers has come by then. */
async function roundTrips(): Promise<void> {
  for (let i = 0; i < 3; i++) await (await fetch(`${served.url}/mayfly/v1/chaos`)).arrayBuffer();
}

describe('an open event stream', () => {
  it('is held while the API stalls, and tells all afterwards, in order', async () => {
    const { stepped } = served;
    const heard = await listen();
    order({ kind: 'stall-api', durationMs: 5_000 });
    await stepped.stepTo(4);
    await roundTrips();
    expect(heard).toEqual({ text: '', ended: undefined });
    await stepped.stepTo(5);
    await until(async () => slots(heard).length === 3);
    expect(slots(heard)).toEqual(['3', '4', '5']);
  });

  it('goes on when the stall is cleared', async () => {
    const { stepped } = served;
    const heard = await listen();
    order({ kind: 'stall-api', durationMs: 3_600_000 });
    await stepped.stepTo(3);
    await roundTrips();
    expect(heard.text).toBe('');
    stepped.node.chaos.clear();
    await stepped.clock.advance(100);
    await until(async () => heard.text !== '');
    expect(slots(heard)).toEqual(['3']);
  });

  it('is ended when more than 4 MiB wait for the end of a stall', async () => {
    const { chain } = served.stepped.node;
    const heard = await listen('block');
    order({ kind: 'stall-api', durationMs: 3_600_000 });
    const message = { slot: 3, block: chain.head.root, executionOptimistic: false };
    const eventBytes = JSON.stringify({ ...message, slot: '3' }).length + 'event: block\ndata: \n\n'.length;
    const fits = Math.floor((4 * 1024 * 1024) / (eventBytes + 10));
    for (let i = 0; i < fits; i++) chain.events.emit('block', message);
    await roundTrips();
    expect(heard.ended).toBeUndefined();
    for (let i = 0; i < fits / 5; i++) chain.events.emit('block', message);
    await until(async () => heard.ended !== undefined);
    expect(heard).toEqual({ text: '', ended: 'terminated' });
  });

  it('is broken off by an outage although nothing is to be told, in a stall too', async () => {
    const { clock } = served.stepped;
    const heard = await listen();
    order({ kind: 'stall-api', durationMs: 3_600_000 });
    order({ kind: 'outage', slots: 2 });
    const held = fetch(`${served.url}/eth/v1/node/version`).then(
      () => 'answered',
      ({ message }: Error) => message,
    );
    await roundTrips();
    expect(heard.ended).toBeUndefined();
    await clock.advance(2_000);
    await until(async () => heard.ended !== undefined);
    expect([heard.ended, await held]).toEqual(['terminated', 'fetch failed']);
  });

  it('is kept alive by a comment after 15 seconds of silence, but not while the API stalls', async () => {
    const { clock, node } = served.stepped;
    const heard = await listen();
    await clock.advance(14_900);
    await roundTrips();
    expect(heard.text).toBe('');
    await clock.advance(100);
    await until(async () => heard.text === ':\n\n');
    order({ kind: 'stall-api', durationMs: 3_600_000 });
    await clock.advance(30_000);
    await roundTrips();
    expect(heard.text).toBe(':\n\n');
    node.chaos.clear();
    await clock.advance(100);
    await until(async () => heard.text === ':\n\n:\n\n');
  });
});
