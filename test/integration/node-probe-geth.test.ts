import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { createNodeProbe } from '../../src/chain/discovery/probe.ts';
import { createExecutionNetworkHttp } from '../../src/chain/http/execution-network.ts';
import { commonHost } from '../../src/core/peers/address-kind.ts';
import { summarisePeers } from '../../src/core/peers/peer-summary.ts';
import { executionStage } from '../../src/core/sync/sync-stage.ts';
import { probeBootnodes, seenAddresses } from '../../src/operations/peers/probe-bootnodes.ts';
import { describeIf } from '../support/describe-if.ts';
import { rpc } from '../support/ethereumjs.ts';
import { type GethWithPeers, startGethWithPeers } from '../support/geth-with-peers.ts';
import { until } from '../support/mayfly-process.ts';
import { missingProgram, programOnPath } from '../support/missing-program.ts';

const probe = createNodeProbe({ clock: systemClock, timeoutMs: 5_000 });
const deadProbe = createNodeProbe({ clock: systemClock, timeoutMs: 500 });

// Its implementations of the three protocols are not ours: what they take is what the network takes.
describeIf(missingProgram('geth'))('calling a real geth', () => {
  let directory: string;
  let geth: GethWithPeers;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'probe-geth-'));
    geth = await startGethWithPeers(programOnPath('geth') ?? '', directory);
  });

  afterAll(async () => {
    await geth.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('is answered by discv4 and discv5, each with our address', async () => {
    for (const answer of [await probe.discv4(geth.enode), await probe.discv5(geth.enr)]) {
      expect(answer).toMatchObject({ answers: true });
      expect(answer.answers && answer.seenAs).toMatch(/^127\.0\.0\.1:\d+$/);
    }
  });

  it('is greeted by RLPx with its name and its protocols', async () => {
    const answer = await probe.rlpx(geth.enode);
    expect(answer).toMatchObject({ answers: true, client: expect.stringMatching(/^Geth\/v/) });
    expect(answer.answers && answer.capabilities?.some((name) => name.startsWith('eth/'))).toBe(true);
  });

  it('is not answered under another key, though the port is the same', async () => {
    const other = geth.enode.replace(/[0-9a-f]{128}/, Buffer.from(await otherKey()).toString('hex'));
    expect(await deadProbe.discv4(other)).toMatchObject({ answers: false });
    expect(await deadProbe.rlpx(other)).toMatchObject({ answers: false });
  });

  it('counts as a bootnode of either layer that is alive', async () => {
    const reports = await probeBootnodes({ enodes: [geth.enode], bootstrapEnrs: [geth.enr] }, probe);
    expect(reports.map(({ kind, answers }) => [kind, answers])).toEqual([
      ['execution', true],
      ['consensus', true],
    ]);
    expect(commonHost(seenAddresses(reports))).toBe('127.0.0.1');
  });

  it('says of itself that it waits for its consensus client', async () => {
    const api = createExecutionNetworkHttp(geth.rpcUrl);
    const [progress, headBlock] = [await api.progress(), await api.headBlock()];
    const consensus = { stage: 'slots', mark: '' } as const;
    expect(executionStage({ progress, headBlock, consensus }).stage).toBe('waiting-for-consensus');
    expect(await api.peers()).toMatchObject({ known: true, value: [] });
    expect(await api.identity()).toMatchObject({ known: true, value: { enode: geth.enode } });
  });

  it('shows to each of two who called whom', async () => {
    const folder = await mkdtemp(join(directory, 'second-'));
    const second = await startGethWithPeers(programOnPath('geth') ?? '', folder);
    try {
      await rpc(second.rpcUrl, 'admin_addPeer', [geth.enode]);
      const [called, caller] = [geth, second].map(({ rpcUrl }) => createExecutionNetworkHttp(rpcUrl));
      await until(async () => {
        const peers = await called?.peers();
        return peers?.known === true && peers.value.length === 1;
      });
      expect(await called?.peers()).toMatchObject({ value: [{ direction: 'inbound' }] });
      expect(await caller?.peers()).toMatchObject({ value: [{ direction: 'outbound' }] });
      const seen = await called?.peers();
      expect(seen?.known && summarisePeers(seen.value)).toMatchObject({
        connected: 1,
        inbound: 1,
        clients: [{ client: 'geth', count: 1 }],
      });
    } finally {
      await second.stop();
    }
  });

  it('is silent once it is gone', async () => {
    await geth.stop();
    expect(await deadProbe.discv4(geth.enode)).toMatchObject({ answers: false });
    expect(await deadProbe.discv5(geth.enr)).toMatchObject({ answers: false });
    expect(await deadProbe.rlpx(geth.enode)).toMatchObject({
      answers: false,
      reason: expect.stringContaining('ECONNREFUSED'),
    });
  });
});

async function otherKey(): Promise<Uint8Array> {
  const { newKeyPair } = await import('../../src/chain/discovery/key-pair.ts');
  return newKeyPair().full;
}
