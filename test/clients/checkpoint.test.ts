import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { HttpClient } from '../../src/base/http.ts';
import { createBeaconHttp } from '../../src/chain/http/beacon.ts';
import { openCheckpointProvider } from '../../src/chain/http/checkpoint-provider.ts';
import { rootAtOrBefore } from '../../src/operations/checkpoint/survey-providers.ts';
import { describeIf } from '../support/describe-if.ts';
import { EphemeryProcess, type Started } from '../support/ephemery-process.ts';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/mayfly-process.ts';
import { missingProgram } from '../support/missing-program.ts';
import { pathOf } from './followers.ts';
import { type LyingProvider, startLyingProvider } from './lying-provider.ts';
import { type RealNetwork, startRealNetwork } from './real-network.ts';

// Nodes of ours with a real Prysm join a real producer late: one at a checkpoint, one whose providers cannot be believed.

const missing = ['geth', 'beacon-chain', 'validator'].map((name) => missingProgram(name)).find(Boolean);
// Prysm ends itself with slots of one second.
const slotSeconds = 2;
const slotsPerEpoch = 32;
/** Epoch 4 is the first in which a checkpoint is used, and the first that finalizes another epoch than the first. */
const finalMs = 330_000;

/** From nothing to a head of the producer's chain, on a machine that is busy with producing it. */
const liveMs = 240_000;

interface Seen {
  readonly type: string;
  readonly epoch?: number;
  readonly root?: string;
  readonly finding?: { readonly code: string; readonly long: string };
}

describeIf(missing)('Prysm, on a chain that a real producer has finalized', () => {
  let ephemery: EphemeryProcess;
  let network: RealNetwork;
  let stranger: LyingProvider;
  let liar: LyingProvider;
  let up: Started | undefined;
  let out = '';
  let api = 0;
  const http = new HttpClient({ environment: {} });
  const producer = () => openCheckpointProvider(network.producer.beaconUrl, { http, clock: systemClock });
  const beacon = () => createBeaconHttp({ url: `http://127.0.0.1:${api}` });
  const events = (type: string) =>
    out
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Seen)
      .filter((event) => event.type === type);
  const happened = async (type: string) => {
    await until(async () => events(type).length > 0, liveMs);
    return events(type)[0];
  };
  /** A block of the first epoch, long before any checkpoint that is used: a busy machine leaves slots empty. */
  const earlyBlock = async () => {
    for (let slot = 1; slot < slotsPerEpoch; slot += 1) {
      const root = await producer().blockRoot(slot);
      if (root.known) return { slot, root };
    }
    throw new TypeError('the producer made no block in the first epoch');
  };
  const findings = () => events('finding.raised').map(({ finding }) => finding?.code);
  /** One producer under two names: what is tried here is the client, not the vote. */
  const alias = () => network.producer.beaconUrl.replace('127.0.0.1', 'localhost');

  const begin = async (node: string, providers: readonly string[]) => {
    api = await freePort();
    out = '';
    await writeFile(
      join(ephemery.folder, 'ephemery.yaml'),
      `version: 1
networks: { real: { file: ./network.yaml } }
nodes:
  ${node}:
    network: real
    externalAddress: 127.0.0.1
    checkpoint: { providers: ${JSON.stringify(providers)} }
    execution: { client: geth, artifact: { kind: path, path: ${pathOf('geth')} } }
    consensus:
      client: prysm
      artifact: { kind: path, path: ${pathOf('beacon-chain')} }
      args: ["--p2p-local-ip=127.0.0.1"]
      ports: { api: ${api} }
`,
    );
    up = ephemery.start('up', '--json');
    up.child.stdout?.on('data', (text: Buffer) => {
      out += text.toString();
    });
  };
  const end = async () => {
    await ephemery?.run('down');
    await up?.ended;
    up = undefined;
  };

  beforeAll(async () => {
    ephemery = await EphemeryProcess.inNewFolder();
    network = await startRealNetwork({
      folder: ephemery.folder,
      programs: { geth: pathOf('geth'), beacon: pathOf('beacon-chain'), validator: pathOf('validator') },
      validators: { own: 64, others: 0 },
      slotSeconds,
      periodSeconds: 1_800,
      iterations: 1,
    });
    stranger = await startLyingProvider(network.producer.beaconUrl, 'network');
    liar = await startLyingProvider(network.producer.beaconUrl, 'roots');
    await until(async () => {
      const finalized = await producer().finalized();
      return finalized.known && finalized.value.epoch >= 2;
    }, finalMs);
  }, finalMs + 60_000);

  afterAll(async () => {
    await end();
    await network?.close();
    await stranger?.close();
    await liar?.close();
    await http.close();
    await ephemery?.remove();
  });

  it(
    'begins at the checkpoint that two providers agree on, and not at that of another network',
    async () => {
      await begin('home', [stranger.url, network.producer.beaconUrl, alias()]);
      const chosen = await happened('checkpoint.chosen');
      expect(chosen).toMatchObject({
        from: 'checkpoint',
        url: network.producer.beaconUrl,
        confirmedBy: [alias()],
      });
      const { epoch = 0, root = '' } = chosen ?? {};
      expect(epoch).toBeGreaterThanOrEqual(2);
      const ofProducer = await rootAtOrBefore(producer(), epoch * slotsPerEpoch);
      expect(ofProducer).toEqual({ known: true, value: root });
      expect(await happened('checkpoint.held')).toMatchObject({ epoch, root });
      await happened('reset.live');
      expect(await rootAtOrBefore(beacon(), epoch * slotsPerEpoch)).toEqual(ofProducer);
      // It keeps nothing older: it did not come there from the genesis.
      const early = await earlyBlock();
      expect(await beacon().blockRoot(early.slot)).toEqual({ known: false, reason: 'status 404' });
      expect(findings()).toContain('EPH-CHECKPOINT-PROVIDER');
      expect(findings()).not.toContain('EPH-CHECKPOINT-NONE');
      expect(findings()).not.toContain('EPH-CHECKPOINT-OTHER');
      await end();
    },
    2 * liveMs,
  );

  it(
    'begins at genesis where the providers disagree, and that is said',
    async () => {
      await begin('wary', [stranger.url, network.producer.beaconUrl, liar.url]);
      expect(await happened('checkpoint.chosen')).toMatchObject({
        from: 'genesis',
        reason: 'the providers do not agree on a finalized root',
      });
      const early = await earlyBlock();
      await until(async () => (await beacon().blockRoot(early.slot)).known, liveMs);
      expect(await beacon().blockRoot(early.slot)).toEqual(early.root);
      const said = ['EPH-CHECKPOINT-PROVIDER', 'EPH-CHECKPOINT-DISAGREE', 'EPH-CHECKPOINT-NONE'];
      expect(findings()).toEqual(expect.arrayContaining(said));
      expect(events('checkpoint.held')).toEqual([]);
    },
    2 * liveMs,
  );
});
