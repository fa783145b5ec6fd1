import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { publicKeyOf } from '../../src/core/keys/public-key.ts';
import { describeIf } from '../support/describe-if.ts';
import { EphemeryProcess, type Started } from '../support/ephemery-process.ts';
import { rpc } from '../support/ethereumjs.ts';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/mayfly-process.ts';
import { missingProgram } from '../support/missing-program.ts';
import { followers, missingOf, pathOf } from './followers.ts';
import { type OwnNodePorts, writeOwnNode } from './own-node.ts';
import { type RealNetwork, startRealNetwork } from './real-network.ts';

// Real producers (Geth, Prysm, Prysm's validator client) on networks of our own genesis at Fulu, and a node of ours that
// finds them by discovery, follows them by their own p2p, signs with keys from genesis, and goes through two resets.

const noProducer = ['geth', 'beacon-chain', 'validator'].map((name) => missingProgram(name)).find(Boolean);
const slotSeconds = 2;
const periodSeconds = 330;
/** Two full quiet epochs, the validator client's start, and an epoch of duties. */
const firstDutiesMs = 320_000;

interface Seen {
  readonly type: string;
  readonly iteration?: number;
  readonly totalMs?: number;
  readonly ownMs?: number;
  readonly genesisValidatorsRoot?: string;
  readonly cause?: string;
}

for (const follower of followers) {
  const { displayName } = follower.consensus;
  describeIf(noProducer ?? missingOf(follower))(
    `${displayName} and Geth on a network of real producers`,
    () => {
      let ephemery: EphemeryProcess;
      let network: RealNetwork;
      let ports: OwnNodePorts;
      let up: Started;
      let out = '';
      const beacon = () => `http://127.0.0.1:${ports.api}`;
      const events = () =>
        out
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line) as Seen);
      const live = () => events().filter(({ type }) => type === 'reset.live');
      const data = async <T>(url: string): Promise<T | undefined> => {
        const response = await fetch(url).catch(() => undefined);
        return response?.ok === true ? ((await response.json()) as { data: T }).data : undefined;
      };
      const rootAt = async (url: string, slot: string) =>
        (await data<{ root: string }>(`${url}/eth/v1/beacon/headers/${slot}`))?.root;
      const headSlot = async (url: string) =>
        Number((await data<{ head_slot: string }>(`${url}/eth/v1/node/syncing`))?.head_slot ?? 0);
      /** Waits until our head is a block of the producer's chain too, above the first slots. */
      const followed = () =>
        until(async () => {
          const slot = await headSlot(beacon());
          const [ours, theirs] = await Promise.all(
            [beacon(), network.producer.beaconUrl].map((url) => rootAt(url, `${slot}`)),
          );
          return slot > 4 && ours !== undefined && ours === theirs;
        }, 90_000);
      const peerId = async () =>
        (await data<{ peer_id: string }>(`${beacon()}/eth/v1/node/identity`))?.peer_id;
      const identities: (string | undefined)[] = [];

      beforeAll(async () => {
        const programs = {
          geth: pathOf('geth'),
          beacon: pathOf('beacon-chain'),
          validator: pathOf('validator'),
        };
        const { stdout } = spawnSync(pathOf(follower.beacon.program), ['--version'], {
          encoding: 'utf8',
          timeout: 20_000,
        });
        process.stdout.write(stdout);
        ephemery = await EphemeryProcess.inNewFolder();
        network = await startRealNetwork({
          folder: ephemery.folder,
          programs,
          validators: { own: 48, others: 16 },
          slotSeconds,
          periodSeconds,
          iterations: 4,
        });
        const [rpcPort = 0, api = 0, consensusMetrics = 0, keymanager = 0, validatorMetrics = 0] =
          await Promise.all([1, 2, 3, 4, 5].map(freePort));
        ports = { rpc: rpcPort, api, consensusMetrics, keymanager, validatorMetrics };
        await writeOwnNode(ephemery, { follower, keys: network.others, ports });
        up = ephemery.start('up', '--json');
        up.child.stdout?.on('data', (text: Buffer) => {
          out += text.toString();
        });
        await until(async () => live().length >= 1, 120_000);
      });

      afterAll(async () => {
        for (const { iteration, totalMs, ownMs, cause } of live()) {
          process.stdout.write(
            `iteration ${iteration} (${cause}): ${totalMs} ms, of these ${ownMs} ms our own\n`,
          );
        }
        await ephemery?.run('down');
        await up?.ended;
        await network?.close();
        await ephemery?.remove();
      });

      it('finds its peers by the bootnodes of the release, and follows them', async () => {
        await followed();
        expect(await data(`${beacon()}/eth/v1/node/peer_count`)).toMatchObject({ connected: '1' });
        expect(Number(await rpc(`http://127.0.0.1:${ports.rpc}`, 'net_peerCount', []))).toBe(1);
        if (follower.consensus.metrics !== undefined) {
          const metrics = await (await fetch(`http://127.0.0.1:${ports.consensusMetrics}/metrics`)).text();
          // A name of the beacon metrics standard; the figure may come with labels.
          expect(Number(/^beacon_head_slot(?:\{[^}]*\})? (\S+)/m.exec(metrics)?.[1])).toBeGreaterThan(0);
        }
        identities.push(await peerId());
      });

      it(
        'signs with keys from genesis, once two epochs were quiet',
        async () => {
          const keys = network.others.map(({ pubkey }) => publicKeyOf(pubkey));
          const states = (await data<{ index: string }[]>(
            `${beacon()}/eth/v1/beacon/states/head/validators?id=${keys.join(',')}`,
          )) as { index: string }[];
          const indices = states.map(({ index }) => index);
          expect(indices).toHaveLength(16);
          const liveIn = async (epoch: number) => {
            const response = await fetch(`${network.producer.beaconUrl}/eth/v1/validator/liveness/${epoch}`, {
              method: 'POST',
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify(indices),
            });
            const answer = (await response.json()) as { data?: { is_live: boolean }[] };
            return (answer.data ?? []).filter((entry) => entry.is_live).length;
          };
          let epoch = 0;
          await until(async () => {
            epoch = Math.floor((await headSlot(network.producer.beaconUrl)) / 32);
            return (await liveIn(epoch)) > 8;
          }, firstDutiesMs);
          process.stdout.write(`${await liveIn(epoch)} of 16 keys were seen in epoch ${epoch}\n`);
          expect(epoch).toBeGreaterThanOrEqual(2);
          if (follower.validator.definition.metrics === undefined) return;
          const metrics = await (await fetch(`http://127.0.0.1:${ports.validatorMetrics}/metrics`)).text();
          expect(metrics).toMatch(/^# TYPE \S+/m);
        },
        firstDutiesMs + 10_000,
      );

      it(
        'goes through two resets, and keeps its name among peers',
        async () => {
          await until(async () => live().length >= 3, 3 * periodSeconds * 1000);
          expect(live().map(({ cause }) => cause)).toEqual(['first', 'scheduled', 'scheduled']);
          expect(live().map(({ iteration }) => iteration)).toEqual([1, 2, 3]);
          expect(new Set(live().map((event) => event.genesisValidatorsRoot)).size).toBe(3);
          await followed();
          if (follower.consensus.identityFiles.length > 0) expect(await peerId()).toBe(identities[0]);
          for (const { name } of follower.consensus.identityFiles) {
            const kept = await readFile(join(ephemery.home, 'nodes', 'home', 'identity', name));
            expect(kept.length).toBeGreaterThan(0);
          }
        },
        2 * periodSeconds * 1000 + 60_000,
      );
    },
  );
}
