import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lieTopics } from '../../src/mayfly/chaos/lie-topics.ts';
import { devnetFolder, writeDevnetSettings } from '../../src/operations/devnet/devnet-file.ts';
import {
  type DevnetSettings,
  newDevnetSettings,
  producerApiUrl,
} from '../../src/operations/devnet/devnet-settings.ts';
import { EphemeryProcess, type Started } from '../support/ephemery-process.ts';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/mayfly-process.ts';

// A real local network that runs by itself, and is disturbed by commands alone.
let ephemery: EphemeryProcess;
let running: Started;
let settings: DevnetSettings;

beforeAll(async () => {
  ephemery = await EphemeryProcess.inNewFolder();
  const [releaser, api, rpc, engine, p2p] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  settings = newDevnetSettings({
    name: 'devnet',
    seed: 'disturbed',
    nowMs: Date.now(),
    ports: { releaser, api, rpc, engine, p2p },
    slotSeconds: 2,
    periodSeconds: 3_600,
    validators: 32,
  });
  await writeDevnetSettings(devnetFolder(ephemery.home, 'devnet'), settings);
});

afterAll(async () => {
  running?.child.kill('SIGINT');
  await running?.ended;
  await ephemery?.remove();
});

const api = (path: string) => fetch(`${producerApiUrl(settings)}${path}`);

async function headSlot(): Promise<number> {
  const { data } = (await (await api('/eth/v1/beacon/headers/head')).json()) as {
    data: { header: { message: { slot: string } } };
  };
  return Number(data.header.message.slot);
}

async function genesisRoot(): Promise<string> {
  const { data } = (await (await api('/eth/v1/beacon/genesis')).json()) as {
    data: { genesis_validators_root: string };
  };
  return data.genesis_validators_root;
}

interface Ordered {
  readonly active: readonly { readonly kind: string; readonly fromSlot: number; readonly toSlot?: number }[];
}

describe('a devnet that does not run', () => {
  it('is said to give no answer', async () => {
    for (const line of [
      ['devnet', 'chaos', 'list'],
      ['devnet', 'releaser', 'late'],
    ]) {
      const { code, error } = await ephemery.run(...line, '--json');
      expect([code, JSON.parse(error)]).toMatchObject([1, { error: { code: 'EPH-DEVNET-NO-ANSWER' } }]);
    }
  });
});

describe('a devnet that runs', () => {
  beforeAll(async () => {
    running = ephemery.start('devnet', 'run', '--json');
    await running.says('"reset.live"');
  });

  it('makes no blocks in the slots that chaos takes', async () => {
    const { active } = (await ephemery.json('devnet', 'chaos', 'skip-slots', '2')) as Ordered;
    const { fromSlot = 0, toSlot = 0 } = active[0] ?? {};
    expect(toSlot).toBe(fromSlot + 1);
    await until(async () => (await headSlot()) > toSlot);
    for (const slot of [fromSlot, toSlot])
      expect((await api(`/eth/v2/beacon/blocks/${slot}`)).status).toBe(404);
    expect(await ephemery.json('devnet', 'chaos', 'list')).toEqual({ devnet: 'devnet', active: [] });
  });

  it.each(lieTopics)('takes the order to lie about its %s', async (about) => {
    const { active } = (await ephemery.json('devnet', 'chaos', 'wrong-answers', about)) as Ordered;
    expect(active).toMatchObject([{ kind: 'wrong-answers', about, durationMs: 60_000 }]);
    expect(await ephemery.json('devnet', 'chaos', 'clear')).toMatchObject({ active: [] });
  });

  it('lies about its genesis until that is cleared', async () => {
    const truth = await genesisRoot();
    await ephemery.json('devnet', 'chaos', 'wrong-answers', 'genesis', '--for', '10m');
    expect(await genesisRoot()).not.toBe(truth);
    await ephemery.json('devnet', 'chaos', 'clear');
    expect(await genesisRoot()).toBe(truth);
  });

  it('refuses what does not fit it, with the producer’s reason', async () => {
    const { code, error } = await ephemery.run('devnet', 'chaos', 'late-block', '5s', '--json');
    expect([code, JSON.parse(error)]).toMatchObject([1, { error: { code: 'EPH-DEVNET-REFUSED' } }]);
    expect(error).toContain('a whole slot or more');
  });

  it('hides a release that is late, and has it again', async () => {
    const answers = async () => {
      const { asked } = (await ephemery.json('network', 'releases', 'devnet', '--ask')) as {
        asked: { sources: { answer: string }[] }[];
      };
      return asked.map(({ sources }) => sources.map(({ answer }) => answer));
    };
    expect(await answers()).toEqual([['found'], ['not-yet']]);
    await ephemery.json('devnet', 'releaser', 'late', '--iteration', '1');
    expect(await answers()).toEqual([['not-yet'], ['not-yet']]);
    await ephemery.json('devnet', 'releaser', 'clear');
    expect(await answers()).toEqual([['found'], ['not-yet']]);
  });

  it('gives a damaged release: nothing of it is kept, and later it is fetched whole', async () => {
    await ephemery.json('devnet', 'releaser', 'empty');
    const { code, out } = await ephemery.run('network', 'fetch', 'devnet', '--json');
    expect([code, JSON.parse(out)]).toMatchObject([1, { outcome: 'unknown' }]);
    await ephemery.json('devnet', 'releaser', 'clear');
    const identity = { iteration: 1, genesisValidatorsRoot: await genesisRoot() };
    expect(await ephemery.json('network', 'fetch', 'devnet')).toMatchObject({
      outcome: 'held',
      bundle: { identity },
    });
    const producers = join(ephemery.home, 'devnets', 'devnet', 'releases', 'devnet-1');
    expect(await ephemery.json('network', 'verify', producers, '--network', 'devnet')).toMatchObject({
      outcome: 'accepted',
      bundle: { identity },
    });
  });

  it('ends with Ctrl-C, and its programs with it', async () => {
    running.child.kill('SIGINT');
    expect((await running.ended).code).toBe(130);
    await expect(genesisRoot()).rejects.toThrow('fetch failed');
    await expect(fetch(`http://127.0.0.1:${settings.ports.rpc}`)).rejects.toThrow('fetch failed');
  });
});
