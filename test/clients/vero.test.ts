import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HttpClient } from '../../src/base/http.ts';
import { Secret } from '../../src/base/secret.ts';
import { createKeymanagerHttp } from '../../src/chain/http/keymanager.ts';
import type { PublicKey } from '../../src/core/keys/public-key.ts';
import type { NodeKeys } from '../../src/operations/validators/running-keys.ts';
import { describeIf } from '../support/describe-if.ts';
import { EphemeryHome, type RunningEphemery } from '../support/ephemery-home.ts';
import { testKeys } from '../support/key-set.ts';
import { until } from '../support/mayfly-process.ts';
import { missingProgram, programOnPath } from '../support/missing-program.ts';
import { SigningWeb3Signer } from '../support/signing-web3signer.ts';

const ofNode = { graffiti: 'signed by vero', feeRecipient: `0x${'fe'.repeat(20)}` };
const ofSet = { graffiti: 'of the set', feeRecipient: `0x${'ab'.repeat(20)}` };
const byHand = 'told by hand';
const gasLimit = 31_000_000;

// Vero signs on a local network with the keys of a remote signer, which are in each genesis.
describeIf(missingProgram('vero'))('Vero with a remote signer', () => {
  const signer = new SigningWeb3Signer(testKeys('at a signer', 16));
  const keys = [...signer.keys.keys()] as PublicKey[];
  /** Of a set with settings of its own, and of one that goes in the middle. */
  const staying = keys.slice(0, 8);
  const leaving = keys.slice(8);
  const [told = '0x', toldByHand = '0x'] = [staying[0], leaving[0]];
  let home: EphemeryHome;
  let up: RunningEphemery;
  let config: string;
  let url: string;

  const configOf = (keySets: string) => `version: 1
networks: { own: { devnet: { slot: 1s, period: 5m, validators: 64 } } }
nodes:
  home:
    network: own
    execution: { client: ethereumjs }
    consensus: { client: mayfly }
    validator:
      client: vero
      artifact: { kind: path, path: ${programOnPath('vero')} }
      keySets: [${keySets}]
      signerUrl: ${url}
      feeRecipient: "${ofNode.feeRecipient}"
      graffiti: ${ofNode.graffiti}
keySets:
  staying: { feeRecipient: "${ofSet.feeRecipient}", gasLimit: ${gasLimit}, graffiti: ${ofSet.graffiti} }
  leaving: {}
`;

  beforeAll(async () => {
    home = await EphemeryHome.create();
    config = join(home.folder, 'ephemery.yaml');
    url = await signer.listen();
    await writeFile(config, configOf('staying, leaving'));
    const all = [...signer.keys];
    for (const [key] of all.slice(8)) signer.keys.delete(key);
    await bring('staying');
    for (const [key, value] of all) signer.keys.set(key, value);
    await bring('leaving');
    const folder = home.path('devnets', 'own', 'genesis-validators');
    await mkdir(folder, { recursive: true });
    const lines = keys.map((key) => `${key}:0x01${'00'.repeat(11)}${'4d'.repeat(20)}:32000000000`);
    await writeFile(join(folder, 'ours.txt'), `${lines.join('\n')}\n`);
    up = home.start(['up', '--config', config]);
    await up.event('live network', ({ type }) => type === 'reset.live');
  });
  afterAll(async () => {
    await up?.stop('SIGINT');
    signer.close();
    await home?.close();
  });

  const bring = (keySet: string) =>
    home.ask('keys', 'import', url, '--set', keySet, '--no-backup', '--config', config);
  const shown = async () => {
    const { nodes } = (await home.ask('validators', 'keys', '--config', config)) as { nodes: NodeKeys[] };
    return new Map((nodes[0]?.keys ?? []).map((each) => [each.key, each]));
  };
  const has = (wanted: readonly PublicKey[]) => async () => {
    const there = await shown();
    return there.size === wanted.length && wanted.every((key) => there.has(key));
  };
  const beacon = async (path: string, body?: unknown) => {
    const ports = (await home.json('nodes', 'home', 'ports.json')) as Record<string, number>;
    const answer = await fetch(`http://127.0.0.1:${ports['consensus.api']}${path}`, {
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      headers: { 'content-type': 'application/json' },
    });
    return ((await answer.json()) as { data: unknown }).data;
  };
  const indicesOf = async (which: readonly PublicKey[]) => {
    const ids = which.join(',');
    const found = (await beacon(`/eth/v1/beacon/states/head/validators?id=${ids}`)) as { index: string }[];
    return found.map(({ index }) => index);
  };
  /** Blocks of the chain that these keys proposed, newest first. */
  const proposedBy = async (which: readonly PublicKey[]) => {
    const { head_slot: head } = (await beacon('/eth/v1/node/syncing')) as { head_slot: string };
    const own = await indicesOf(which);
    const blocks = [];
    for (let slot = Number(head); slot > Number(head) - 32 && slot > 0; slot -= 1) {
      const block = (await beacon(`/eth/v2/beacon/blocks/${slot}`)) as
        | {
            message: {
              proposer_index: string;
              body: { graffiti: string; execution_payload: { fee_recipient: string } };
            };
          }
        | undefined;
      if (block === undefined || !own.includes(block.message.proposer_index)) continue;
      const { graffiti, execution_payload: payload } = block.message.body;
      blocks.push({
        graffiti: Buffer.from(graffiti.slice(2), 'hex').toString().replace(/\0+$/, ''),
        feeRecipient: payload.fee_recipient.toLowerCase(),
      });
    }
    return blocks;
  };
  const epochNow = async () => {
    const { head_slot: head } = (await beacon('/eth/v1/node/syncing')) as { head_slot: string };
    return Math.floor(Number(head) / 32);
  };
  /** How many of these keys the chain saw at work in an epoch; none of one that is too long ago. */
  const liveIn = async (epoch: number, which: readonly PublicKey[]) => {
    const live = await beacon(`/eth/v1/validator/liveness/${epoch}`, await indicesOf(which));
    return ((live ?? []) as { is_live: boolean }[]).filter((each) => each.is_live).length;
  };
  /** Most of these keys were at work in the epoch before. */
  const work = (which: readonly PublicKey[]) => async () => {
    const epoch = await epochNow();
    return epoch > 0 && (await liveIn(epoch - 1, which)) >= which.length * 0.75;
  };
  /** Vero adds what it knows of the clients to a graffiti, where there is room. */
  const expectedOf = ({ graffiti, feeRecipient }: typeof ofNode) => ({
    graffiti: expect.stringContaining(graffiti),
    feeRecipient,
  });

  it('is named its keys, and attests, proposes and takes part in sync committees', async () => {
    await until(has(keys), 280_000);
    await until(work(keys), 280_000);
    for (const type of ['ATTESTATION', 'RANDAO_REVEAL', 'SYNC_COMMITTEE_MESSAGE'])
      expect(signer.signed.get(type), type).toBeGreaterThan(0);
    expect(signer.refused).toEqual([]);
  }, 600_000);

  it('proposes with what the configuration says of a set, and signs exits', async () => {
    const there = await shown();
    expect(there.get(told)).toMatchObject({ held: 'remote', keySet: 'staying', gasLimit, ...ofSet });
    expect(there.get(toldByHand)).toMatchObject({ keySet: 'leaving', ...ofNode });
    await until(async () => (await proposedBy(staying)).length > 0, 120_000);
    expect((await proposedBy(staying))[0]).toEqual(expectedOf(ofSet));
    await until(async () => (await proposedBy(leaving)).length > 0, 120_000);
    expect((await proposedBy(leaving))[0]).toEqual(expectedOf(ofNode));
    expect(signer.signed.get('BLOCK_V2')).toBeGreaterThan(0);
    const spec = (await beacon('/eth/v1/config/spec')) as { CAPELLA_FORK_VERSION: string };
    signer.exitForkVersion = spec.CAPELLA_FORK_VERSION;
    const out = join(home.folder, 'exit.json');
    await home.ask('keys', 'exit', told, '--out', out, '--config', config);
    expect(signer.signed.get('VOLUNTARY_EXIT')).toBe(1);
    const ports = (await home.json('nodes', 'home', 'ports.json')) as Record<string, number>;
    const token = await readFile(home.path('nodes', 'home', 'secrets', 'keymanager-token'), 'utf8');
    const api = createKeymanagerHttp({
      http: new HttpClient({ environment: {} }),
      url: `http://127.0.0.1:${ports['validator.keymanager']}`,
      token: new Secret(token.trim()),
      keys: 'remote',
    });
    expect((await api.importRemoteKeys([told], url)).map(({ status }) => status)).toEqual(['duplicate']);
    const gone = await api.deleteRemoteKeys([`0x${'8b'.repeat(48)}`]);
    expect(gone.map(({ status }) => status)).toEqual(['not_found']);
    await api.set(toldByHand, 'graffiti', byHand);
  }, 600_000);

  it('waits for the genesis of the next iteration, and signs there with what its keys were told', async () => {
    await up.event('wait for the genesis', ({ type, finding }) => {
      const { code } = (finding ?? {}) as { code?: string };
      return type === 'finding.raised' && code === 'EPH-NODE-KEYS-FROM-GENESIS';
    });
    await up.event('second network', ({ type, cause }) => type === 'reset.live' && cause === 'scheduled');
    await until(has(keys), 60_000);
    const there = await shown();
    expect(there.get(told)).toMatchObject({ gasLimit, ...ofSet });
    expect(there.get(toldByHand)).toMatchObject({ ...ofNode, graffiti: byHand });
    await until(async () => (await epochNow()) === 2, 150_000);
    expect(await liveIn(1, keys)).toBeGreaterThanOrEqual(keys.length * 0.75);
    expect(up.events.filter(({ type }) => type === 'step.failed')).toEqual([]);
  }, 600_000);

  it('asks for no signature of keys that were taken away while it was stopped', async () => {
    await up.stop('SIGINT');
    for (const key of leaving) signer.keys.delete(key);
    expect(signer.refused).toEqual([]);
    await writeFile(config, configOf('staying'));
    up = home.start(['up', '--config', config]);
    const fewer = await up.event('fewer keys', ({ type, finding }) => {
      const { code } = (finding ?? {}) as { code?: string };
      return type === 'finding.raised' && code === 'EPH-NODE-KEYS-FEWER';
    });
    const { facts } = fewer.finding as { facts: { fingerprint: string } };
    await home.ask('reset', '--consent', `fewer-keys=${facts.fingerprint}`, '--config', config);
    await until(has(staying), 120_000);
    const epoch = await epochNow();
    await until(async () => (await epochNow()) > epoch + 1, 120_000);
    await until(work(staying), 120_000);
    expect(signer.refused).toEqual([]);
  }, 600_000);
});
