import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { devnetFolder, writeDevnetSettings } from '../../src/operations/devnet/devnet-file.ts';
import {
  type DevnetSettings,
  devnetDefinition,
  newDevnetSettings,
  producerApiUrl,
} from '../../src/operations/devnet/devnet-settings.ts';
import type { ContainerEngine } from '../support/container-engine.ts';
import { buildClientsImage, clientArtifacts, nodeInside } from '../support/container-images.ts';
import { describeIf } from '../support/describe-if.ts';
import { EphemeryHome, type RunningEphemery, type SeenEvent } from '../support/ephemery-home.ts';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/mayfly-process.ts';
import { PortForwarder } from '../support/port-forwarder.ts';
import { missingEngine, startEngine } from '../support/start-engine.ts';

const patienceMs = 120_000;
const clientsImage = 'localhost/ephemery-clients:1';

interface Finding {
  readonly code: string;
  readonly long: string;
  readonly remedy: string;
  readonly facts: { readonly code?: string };
}

interface Status {
  readonly nodes: readonly { readonly state: string; readonly findings: readonly Finding[] }[];
}

interface Binding {
  readonly HostIp: string;
  readonly HostPort: string;
}

interface Seen {
  readonly Id: string;
  readonly Config: { readonly Cmd: readonly string[]; readonly Labels: Readonly<Record<string, string>> };
  readonly HostConfig: { readonly NetworkMode: string };
  readonly NetworkSettings: {
    readonly Ports: Readonly<Record<string, readonly Binding[] | null>>;
    readonly Networks: Readonly<Record<string, { readonly NetworkID: string }>>;
  };
}

/**
 * The producer belongs to another root, and is no container. What the node's containers reach of it is a port that is
 * open under every address of the host, so that they need not have the host's network.
 */
describeIf(missingEngine())('a node in containers in a network of its own', () => {
  let engine: ContainerEngine;
  let home: EphemeryHome;
  let elsewhere: EphemeryHome;
  let producer: RunningEphemery;
  let up: RunningEphemery;
  let forwarder: PortForwarder;
  let ports: Readonly<Record<string, number>>;
  let network: string;

  const settingsOfNetwork = async (): Promise<DevnetSettings> => {
    const [releaser, api, rpc, engine, p2p] = await Promise.all(Array.from({ length: 5 }, freePort));
    if (!releaser || !api || !rpc || !engine || !p2p) throw new Error('there are five');
    return newDevnetSettings({
      name: 'elsewhere',
      seed: 'bridge',
      nowMs: Date.now(),
      ports: { releaser, api, rpc, engine, p2p },
      slotSeconds: 1,
      periodSeconds: 90,
      genesisDelaySeconds: 5,
      validators: 64,
    });
  };
  const config = {
    version: 1,
    networks: { simulated: { file: './network.yaml', follow: '' } },
    nodes: {
      home: {
        network: 'simulated',
        runtime: 'container',
        execution: { client: 'ethereumjs', artifact: clientArtifacts.ethereumjs },
        consensus: { client: 'mayfly', artifact: clientArtifacts.mayfly, publish: ['api'] },
      },
    },
  };

  const status = async () => ((await home.ask('status')) as Status).nodes[0];
  const finding = async (code: string) => (await status())?.findings.find((found) => found.code === code);
  const isLive = ({ type }: SeenEvent) => type === 'reset.live';
  const seen = async (): Promise<Readonly<Record<string, Seen>>> => {
    const ids = (await engine.run('ps', '--quiet')).split('\n');
    const all = JSON.parse(await engine.run('inspect', ...ids)) as readonly Seen[];
    return Object.fromEntries(all.map((each) => [each.Config.Labels['io.ephemery.unit'], each]));
  };
  const rpc = async (method: string) => {
    const answer = await fetch(`http://127.0.0.1:${ports['execution.rpc']}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: [] }),
    });
    return ((await answer.json()) as { result: string }).result;
  };
  const untilWell = () =>
    until(async () => {
      const now = await status();
      return now?.state === 'live' && !now.findings.some(({ code }) => code === 'EPH-NODE-STEP-FAILED');
    }, patienceMs);

  beforeAll(async () => {
    engine = await startEngine();
    [home, elsewhere] = [await EphemeryHome.create(), await EphemeryHome.create()];
    const settings = await settingsOfNetwork();
    await writeDevnetSettings(devnetFolder(elsewhere.root, settings.name), settings);
    producer = elsewhere.start(['devnet', 'run', settings.name]);
    forwarder = await PortForwarder.to(settings.ports.api);
    config.networks.simulated.follow = `http://${engine.hostInside}:${forwarder.port}`;
    await writeFile(join(home.folder, 'network.yaml'), JSON.stringify(devnetDefinition(settings)));
    await writeFile(join(home.folder, 'ephemery.yaml'), JSON.stringify(config));
    await Promise.all([buildClientsImage(engine), producer.event('a producer that is live', isLive)]);
    expect((await fetch(`${producerApiUrl(settings)}/eth/v1/node/version`)).ok).toBe(true);
    up = home.start(['up'], { env: engine.environment });
    await up.event('a node that is live', isLive);
    ports = (await home.json('nodes', 'home', 'ports.json')) as Readonly<Record<string, number>>;
  });
  afterAll(async () => {
    await up?.stop('SIGINT');
    await producer?.stop('SIGINT');
    await forwarder?.close();
    await home?.close();
    await elsewhere?.close();
    await engine?.close();
  });

  it('is proven through its published ports, its clients finding one another by name', async () => {
    const units = await seen();
    const [execution, consensus] = [units['home.execution'], units['home.consensus']];
    network = Object.keys(execution?.NetworkSettings.Networks ?? {}).join();
    expect(network).toMatch(/^ephemery-[0-9a-f]{8}\.home$/);
    for (const unit of [execution, consensus]) {
      expect(unit?.HostConfig.NetworkMode).not.toBe('host');
      expect(Object.keys(unit?.NetworkSettings.Networks ?? {})).toEqual([network]);
    }
    expect(consensus?.Config.Cmd).toContain(
      `--engine-url=http://home-execution:${ports['execution.engine']}`,
    );
    const atBlock = async () => Number(await rpc('eth_blockNumber'));
    const before = await atBlock();
    await until(async () => (await atBlock()) > before);
    expect((await status())?.findings).toEqual([]);
  });

  it('publishes ports on loopback, those of peers and what was asked for on every address', async () => {
    for (const unit of Object.values(await seen())) {
      const layer = unit.Config.Labels['io.ephemery.unit']?.split('.')[1];
      const told = Object.entries(unit.NetworkSettings.Ports);
      expect(told.length).toBeGreaterThan(0);
      for (const [port, bindings] of told) {
        const name = Object.entries(ports).find(([, number]) => number === Number(port.split('/')[0]))?.[0];
        const isOpen = name === `${layer}.p2p` || name === 'consensus.api';
        const hosts = isOpen ? ['', '0.0.0.0', '::'] : ['127.0.0.1'];
        expect(bindings?.length).toBeGreaterThan(0);
        for (const { HostIp, HostPort } of bindings ?? []) {
          expect(hosts).toContain(HostIp);
          expect(HostPort).toBe(port.split('/')[0]);
        }
      }
    }
    // That of another machine's view: no loopback, and no address that a network of the engine has inside.
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((each) => each?.family === 'IPv4' && !each.internal)?.address;
    const answers = (port: string) =>
      fetch(`http://${outside}:${ports[port]}/`, { signal: AbortSignal.timeout(5_000) }).then(
        () => true,
        () => false,
      );
    expect(await answers('consensus.api')).toBe(true);
    expect(await answers('execution.rpc')).toBe(false);
    // The number is free under any other address.
    const other = createServer();
    await new Promise<void>((resolve, reject) => {
      other.once('error', reject).listen(ports['execution.engine'], '127.0.0.2', resolve);
    });
    await new Promise((resolve) => other.close(resolve));
  });

  it('says so when another container has its port, and goes on once that is free', async () => {
    const chains = await home.chains();
    const kept = await home.kept();
    const port = ports['execution.rpc'];
    await engine.hide();
    const execution = `label=io.ephemery.unit=home.execution`;
    await engine.remove(await engine.run('ps', '--quiet', '--filter', execution));
    const listen = `require('net').createServer(() => {}).listen(${port})`;
    const publish = ['--detach', '--publish', `127.0.0.1:${port}:${port}`, '--entrypoint', nodeInside];
    const other = await engine.run('run', ...publish, clientsImage, '-e', listen);
    await engine.resume();
    let told: Finding | undefined;
    await until(async () => {
      told = await finding('EPH-NODE-STEP-FAILED');
      return told?.facts.code === 'EPH-RUNTIME-PORT-TAKEN';
    }, patienceMs);
    expect(told?.long).toContain(`${port}`);
    expect(told?.remedy).toContain('another port in ephemery.yaml');
    expect(await engine.run('ps', '--quiet', '--no-trunc')).toContain(other);
    await engine.remove(other);
    await untilWell();
    expect(await home.kept()).toEqual(kept);
    expect(await home.chains()).toEqual(expect.arrayContaining([...chains]));
  });

  it('goes through a reset in the same network', async () => {
    const before = await engine.run('network', 'inspect', '--format', '{{.ID}}', network);
    const since = up.events.at(-1)?.seq ?? 0;
    await up.event('the next iteration', (event) => isLive(event) && event.seq > since);
    const isOnIt = async () =>
      Number(await rpc('eth_chainId').catch(() => undefined)) ===
      7_336_000 + Number(up.events.findLast(isLive)?.iteration);
    await until(isOnIt, patienceMs);
    expect(await engine.run('network', 'inspect', '--format', '{{.ID}}', network)).toBe(before);
    for (const unit of Object.values(await seen())) {
      expect(Object.keys(unit.NetworkSettings.Networks)).toEqual([network]);
    }
  });

  it('has its network made again when that is removed by hand with all that is in it, on the same data', async () => {
    const kept = await home.kept();
    const chains = await home.chains();
    const before = await engine.run('network', 'inspect', '--format', '{{.ID}} {{.Created}}', network);
    const units = await seen();
    const since = up.events.at(-1)?.seq ?? 0;
    await engine.removeNetworkWithAll(network);
    for (const layer of Object.keys(units).map((unit) => unit.split('.')[1]))
      await up.event(
        `the ${layer} client is missed`,
        (event) =>
          event.seq > since &&
          event.type === 'unit.exited' &&
          event.layer === layer &&
          event.wasRemoved === true,
      );
    const running = async () => (await engine.run('ps', '--quiet')).split('\n').filter((id) => id !== '');
    await until(async () => (await running()).length === 2, patienceMs);
    await untilWell();
    for (const unit of Object.values(await seen()))
      expect(Object.keys(unit.NetworkSettings.Networks)).toEqual([network]);
    expect(await engine.run('network', 'inspect', '--format', '{{.ID}} {{.Created}}', network)).not.toBe(
      before,
    );
    expect(await home.kept()).toEqual(kept);
    expect(await home.chains()).toEqual(expect.arrayContaining([...chains]));
  });

  it('leaves no container running, and nothing at all once it is purged', async () => {
    expect((await up.stop('SIGINT')).code).toBe(0);
    expect(await engine.run('ps', '--quiet')).toBe('');
    const { code } = await home.start(['down', '--purge', '--yes'], { env: engine.environment }).ended;
    expect(code).toBe(0);
    expect(await engine.run('ps', '--all', '--quiet')).toBe('');
    const networks = (await engine.run('network', 'ls', '--format', '{{.Name}}')).split('\n');
    expect(networks.toSorted()).toEqual([...engine.ownNetworks].toSorted());
  });
});
