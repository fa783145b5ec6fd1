import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../../test/support/free-port.ts';
import { takeLoopbackPort } from '../../../test/support/take-port.ts';
import { mayfly } from '../../core/clients/consensus/mayfly.ts';
import { ethereumjs } from '../../core/clients/execution/ethereumjs.ts';
import type { Runtime } from '../../runtimes/runtime.ts';
import { rootPaths } from '../../storage/files/root-paths.ts';
import type { DevnetSettings } from '../devnet/devnet-settings.ts';
import type { DevnetPortServices } from '../devnet/taken-devnet-ports.ts';
import { DevnetPortWatch } from './devnet-port-watch.ts';
import type { SupervisorEvent } from './supervisor-event.ts';

const names = ['releaser', 'api', 'rpc', 'engine', 'p2p'];
let running: readonly string[];
let events: SupervisorEvent[];
let settings: DevnetSettings;
let watch: DevnetPortWatch;
let stranger: Awaited<ReturnType<typeof takeLoopbackPort>> | undefined;

beforeEach(async () => {
  [running, events, stranger] = [[], [], undefined];
  const runtime = {
    recover: async (unit: string) =>
      running.includes(unit) ? { runtime: 'process', unit, token: 't' } : undefined,
  };
  const services: DevnetPortServices = {
    paths: rootPaths('/home'),
    clients: [ethereumjs, mayfly],
    runtime: async () => runtime as unknown as Runtime,
  };
  watch = new DevnetPortWatch(services, (event) => events.push(event));
  const numbers = await Promise.all(names.map(() => freePort()));
  const ports = Object.fromEntries(names.map((name, at) => [name, numbers[at] ?? 0]));
  settings = { name: 'mine', ports } as unknown as DevnetSettings;
});
afterEach(() => stranger?.leave());

describe('a port of a local network', () => {
  it('that somebody else has is told once it was seen twice, and that it is over', async () => {
    const port = settings.ports.rpc;
    stranger = await takeLoopbackPort(port);
    await watch.look(settings, true);
    expect(watch.findings).toEqual([]);
    await watch.look(settings, true);
    await watch.look(settings, true);
    const facts = { network: 'mine', name: 'rpc', port };
    expect(watch.findings).toMatchObject([
      { code: 'EPH-DEVNET-PORT-TAKEN', subject: { network: 'mine' }, facts },
    ]);
    await stranger.leave();
    stranger = undefined;
    await watch.look(settings, true);
    expect(watch.findings).toEqual([]);
    expect(events).toMatchObject([
      { type: 'devnet.finding', network: 'mine', holds: true, finding: { facts } },
      { type: 'devnet.finding', network: 'mine', holds: false, finding: { facts } },
    ]);
  });

  it('that its own client or service has is taken by nobody', async () => {
    running = ['producer.execution'];
    stranger = await takeLoopbackPort(settings.ports.rpc);
    for (let looks = 0; looks < 2; looks += 1) await watch.look(settings, false);
    expect(watch.findings).toEqual([]);
    await stranger.leave();
    stranger = await takeLoopbackPort(settings.ports.releaser);
    for (let looks = 0; looks < 2; looks += 1) await watch.look(settings, true);
    expect(watch.findings).toEqual([]);
    for (let looks = 0; looks < 2; looks += 1) await watch.look(settings, false);
    expect(watch.findings).toMatchObject([{ facts: { name: 'releaser' } }]);
  });

  it('of a network that is kept no more hinders nobody', async () => {
    stranger = await takeLoopbackPort(settings.ports.api);
    for (let looks = 0; looks < 2; looks += 1) await watch.look(settings, true);
    expect(watch.findings).toHaveLength(1);
    watch.keepOnly(['other']);
    expect(watch.findings).toEqual([]);
  });
});
