import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeIf } from '../support/describe-if.ts';
import { EphemeryHome, type RunningEphemery } from '../support/ephemery-home.ts';
import { testKeys } from '../support/key-set.ts';
import { until } from '../support/mayfly-process.ts';
import { missingProgram, programOnPath } from '../support/missing-program.ts';
import { SigningWeb3Signer } from '../support/signing-web3signer.ts';

const graffiti = 'signed by vero';
const recipient = `0x${'fe'.repeat(20)}`;
// Vero signs on a local network with the keys of a remote signer, which are in each genesis.
describeIf(missingProgram('vero'))('Vero with a remote signer', () => {
  const signer = new SigningWeb3Signer(testKeys('at a signer', 16));
  const keys = [...signer.keys.keys()];
  let home: EphemeryHome;
  let up: RunningEphemery;
  let config: string;

  beforeAll(async () => {
    home = await EphemeryHome.create();
    config = join(home.folder, 'ephemery.yaml');
    const url = await signer.listen();
    await writeFile(
      config,
      `version: 1
networks: { own: { devnet: { slot: 1s, period: 5m, validators: 64 } } }
nodes:
  home:
    network: own
    execution: { client: ethereumjs }
    consensus: { client: mayfly }
    validator:
      client: vero
      artifact: { kind: path, path: ${programOnPath('vero')} }
      keySets: [remote]
      signerUrl: ${url}
      feeRecipient: "${recipient}"
      graffiti: ${graffiti}
keySets: { remote: {} }
`,
    );
    await home.ask('keys', 'import', url, '--set', 'remote', '--no-backup', '--config', config);
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

  const beacon = async (path: string, body?: unknown) => {
    const ports = (await home.json('nodes', 'home', 'ports.json')) as Record<string, number>;
    const answer = await fetch(`http://127.0.0.1:${ports['consensus.api']}${path}`, {
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      headers: { 'content-type': 'application/json' },
    });
    return ((await answer.json()) as { data: unknown }).data;
  };
  const indices = async () => {
    const ids = keys.join(',');
    const found = (await beacon(`/eth/v1/beacon/states/head/validators?id=${ids}`)) as { index: string }[];
    return found.map(({ index }) => index);
  };
  /** Blocks of the chain that Vero proposed, newest first. */
  const proposed = async () => {
    const { head_slot: head } = (await beacon('/eth/v1/node/syncing')) as { head_slot: string };
    const own = await indices();
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
      if (block !== undefined && own.includes(block.message.proposer_index)) blocks.push(block.message.body);
    }
    return blocks;
  };
  const epochNow = async () => {
    const { head_slot: head } = (await beacon('/eth/v1/node/syncing')) as { head_slot: string };
    return Math.floor(Number(head) / 32);
  };
  /** How many of the keys the chain saw at work in an epoch; none of one that is too long ago. */
  const liveIn = async (epoch: number) => {
    const live = await beacon(`/eth/v1/validator/liveness/${epoch}`, await indices());
    return ((live ?? []) as { is_live: boolean }[]).filter((each) => each.is_live).length;
  };
  /** Most of the keys were at work in the epoch before. */
  const works = async () => {
    const epoch = await epochNow();
    return epoch > 0 && (await liveIn(epoch - 1)) >= 12;
  };

  it('attests, proposes and takes part in sync committees', async () => {
    await until(works, 280_000);
    await until(async () => (await proposed()).length > 0, 120_000);
    const [block] = await proposed();
    expect(Buffer.from(block?.graffiti.slice(2) ?? '', 'hex').toString()).toContain(graffiti);
    expect(block?.execution_payload.fee_recipient.toLowerCase()).toBe(recipient);
    for (const type of ['ATTESTATION', 'BLOCK_V2', 'RANDAO_REVEAL', 'SYNC_COMMITTEE_MESSAGE'])
      expect(signer.signed.get(type), type).toBeGreaterThan(0);
    expect(signer.refused).toEqual([]);
  });

  it('signs in the first epoch of the next iteration', async () => {
    await up.event('second network', ({ type, cause }) => type === 'reset.live' && cause === 'scheduled');
    await until(async () => (await epochNow()) === 1, 150_000);
    expect(await liveIn(0)).toBeGreaterThan(0);
  }, 600_000);
});
