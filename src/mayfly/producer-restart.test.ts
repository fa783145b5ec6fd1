import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { computeSigningRoot } from '@lodestar/state-transition';
import { ssz } from '@lodestar/types';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { steppedSetup } from '../../test/support/stepped.ts';
import { type ApiServer, startApiServer } from './api/api-server.ts';
import { withChaos } from './chaos/chaos-routes.ts';
import { SteppedNetwork } from './stepped-network.ts';
import { openFileStore } from './store/file-store.ts';
import type { ChainStore } from './store/store.ts';

const setup = await steppedSetup(64);
const { network, keys } = setup;

function signedExit(validatorIndex: number): unknown {
  const message = { epoch: 0, validatorIndex };
  const domain = network.config.getDomainForVoluntaryExit(33, 0);
  const root = computeSigningRoot(ssz.phase0.VoluntaryExit, message, domain);
  const signature = keys[validatorIndex]?.secretKey.sign(root).toBytes() ?? new Uint8Array();
  return ssz.phase0.SignedVoluntaryExit.toJson({ message, signature });
}

describe('a producer that is started again', () => {
  let directory: string;
  let store: ChainStore;
  let stepped: SteppedNetwork;
  let server: ApiServer;
  let holdNotes: () => Promise<void>;

  /** Nothing is told to end: as after a kill, only what is on the disk is there. */
  async function start(): Promise<void> {
    const onDisk = await openFileStore(directory, network.genesisValidatorsRoot);
    store = {
      ...onDisk,
      writeNote: (name, bytes) => holdNotes().then(() => onDisk.writeNote(name, bytes)),
    };
    stepped = await SteppedNetwork.open({ ...setup, store });
    const chaos = withChaos(stepped.node.chaos, stepped.clock);
    server = await startApiServer({ node: stepped.node.api, address: '127.0.0.1', port: 0, ...chaos });
  }
  async function stop(): Promise<void> {
    await server.close();
    await store.close();
  }
  async function restart(): Promise<void> {
    await stop();
    await start();
  }
  const note = (name: string) => join(directory, 'notes', name);
  async function post(path: string, body: unknown): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    expect([response.status, await response.text()]).toEqual([200, expect.anything()]);
  }
  const order = (command: object) => post('/mayfly/v1/chaos', command);
  const active = () => stepped.node.chaos.active().map(({ command }) => command.kind);
  const waiting = () => stepped.node.pools.operations.all();

  beforeEach(async () => {
    holdNotes = () => Promise.resolve();
    directory = await mkdtemp(join(tmpdir(), 'mayfly-restart-'));
    await start();
  });
  afterEach(async () => {
    await stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('goes on with what was in force, to the slot', async () => {
    await stepped.stepTo(4);
    await order({ kind: 'skip-slots', slots: 2 });
    await order({ kind: 'stop-finality' });
    const before = stepped.node.chaos.active();
    await restart();
    expect(stepped.node.chaos.active()).toEqual(before);
    await stepped.stepTo(7);
    const slots = [4, 5, 6, 7].filter((slot) => stepped.node.chain.tree.canonicalAt(slot) !== undefined);
    expect([slots, active()]).toEqual([[4, 7], ['stop-finality']]);
    stepped.node.chaos.clear();
    await stepped.node.chaos.settled();
    await restart();
    expect(active()).toEqual([]);
  });

  it('makes a reorg that was ordered, and makes it once', async () => {
    await stepped.stepTo(6);
    await order({ kind: 'reorg', depth: 2 });
    await restart();
    await stepped.step();
    const { tree } = stepped.node.chain;
    expect([tree.canonicalAt(5), tree.canonicalAt(6), active()]).toEqual([undefined, undefined, []]);
    await restart();
    await stepped.step();
    expect(stepped.node.chain.tree.canonicalAt(7)).toBeDefined();
  });

  it('puts what was submitted into the next block: an exit and the proof of a slashing', async () => {
    await stepped.stepTo(33);
    await post('/eth/v1/beacon/pool/voluntary_exits', signedExit(5));
    await order({ kind: 'slash', validator: 7, by: 'attestation' });
    await restart();
    expect([waiting().voluntaryExits.length, waiting().attesterSlashings.length]).toEqual([1, 1]);
    await stepped.step();
    const { validators } = stepped.node.chain.headState;
    expect([validators.getReadonly(5).exitEpoch < Infinity, validators.getReadonly(7).slashed]).toEqual([
      true,
      true,
    ]);
    await stepped.node.pools.operations.settled();
    await restart();
    // Until they are final, a reorg may bring them back.
    expect([waiting().voluntaryExits.length, waiting().attesterSlashings.length]).toEqual([1, 1]);
  });

  it('answers an order and a submission only once they are kept', async () => {
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    await stop();
    holdNotes = () => gate;
    await start();
    await stepped.stepTo(33);
    const answered: string[] = [];
    const all = [
      order({ kind: 'skip-slots', slots: 2 }).then(() => answered.push('skip-slots')),
      order({ kind: 'slash', validator: 7, by: 'proposal' }).then(() => answered.push('slash')),
      post('/eth/v1/beacon/pool/voluntary_exits', signedExit(5)).then(() => answered.push('exit')),
    ];
    while (active().length < 1 || waiting().proposerSlashings.length + waiting().voluntaryExits.length < 2) {
      await fetch(`${server.url}/mayfly/v1/chaos`);
    }
    await fetch(`${server.url}/mayfly/v1/chaos`);
    expect(answered).toEqual([]);
    open();
    await Promise.all(all);
    expect(answered).toHaveLength(3);
  });

  it('keeps the chain and begins without orders when a note is torn', async () => {
    await stepped.stepTo(3);
    await order({ kind: 'skip-slots', slots: 9 });
    await order({ kind: 'slash', validator: 7, by: 'proposal' });
    await stop();
    for (const name of ['chaos', 'operations']) {
      await truncate(note(name), (await readFile(note(name))).length - 3);
    }
    await start();
    expect([active(), waiting().proposerSlashings]).toEqual([[], []]);
    expect((await stepped.step()).kind).toBe('proposed');
    expect(stepped.node.chain.head.slot).toBe(4);
    await order({ kind: 'skip-slots', slots: 9 });
    await restart();
    expect(active()).toEqual(['skip-slots']);
  });

  it('keeps the orders of before when a write of new ones was cut off', async () => {
    await stepped.stepTo(3);
    await order({ kind: 'skip-slots', slots: 9 });
    await stop();
    await writeFile(`${note('chaos')}.0badf00d0bad.tmp`, 'half');
    await start();
    expect(active()).toEqual(['skip-slots']);
  });
});
