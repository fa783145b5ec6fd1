import { describe, expect, it } from 'vitest';
import { hostAddresses, type RuntimeAddresses } from '../../runtimes/runtime.ts';
import type { NodeSetup } from '../node/node-setup.ts';
import { refuseLoopback } from './refuse-loopback.ts';

const inContainers: RuntimeAddresses = { listen: '0.0.0.0', unit: (name) => name };
const loopback = 'http://127.0.0.1:18550';

interface Told {
  readonly builderUrl?: string;
  readonly followUrl?: string;
  readonly signerUrl?: string;
  readonly providers?: readonly string[];
}

function refuse({ builderUrl, followUrl, signerUrl, providers = [] }: Told, addresses = inContainers) {
  const setup = {
    name: 'home',
    consensus: { builderUrl, followUrl },
    validator: { signerUrl },
  } as unknown as NodeSetup;
  const definition = { checkpointProviders: ['https://checkpoint.example.org'] };
  refuseLoopback(
    { setup, node: { checkpoint: { off: false, providers: [...providers] } }, definition },
    addresses,
  );
}

describe('a service on the loopback, told to a node in containers', () => {
  it.each([
    ['consensus.builderUrl', { builderUrl: loopback }],
    ['validator.signerUrl', { signerUrl: 'http://localhost:9000' }],
    ['checkpoint.providers', { providers: ['https://checkpoint.example.net', loopback] }],
  ] as const)('is refused as %s', (setting, told) => {
    expect(() => refuse(told)).toThrow(
      expect.objectContaining({
        code: 'EPH-FLEET-LOOPBACK-URL',
        facts: expect.objectContaining({ node: 'home', setting }),
      }),
    );
  });

  it('is taken where the node has the network of this host, or the runtime a name for it', () => {
    expect(() => refuse({ builderUrl: loopback, followUrl: 'http://127.0.0.1:5052' })).not.toThrow();
    expect(() => refuse({ builderUrl: loopback }, hostAddresses)).not.toThrow();
    const onMac = { ...inContainers, host: 'host.docker.internal' };
    expect(() => refuse({ builderUrl: loopback }, onMac)).not.toThrow();
  });

  it('is refused where the producer that is followed is elsewhere: the node has a network of its own', () => {
    const followUrl = 'http://10.0.0.7:5052';
    expect(() => refuse({ followUrl })).not.toThrow();
    expect(() => refuse({ followUrl, builderUrl: loopback })).toThrow(
      expect.objectContaining({ code: 'EPH-FLEET-LOOPBACK-URL' }),
    );
  });

  it('is not what another address is taken for', () => {
    const elsewhere = 'http://10.0.0.7:18550';
    expect(() =>
      refuse({ builderUrl: elsewhere, signerUrl: elsewhere, providers: [elsewhere] }),
    ).not.toThrow();
  });
});
