import { describe, expect, it } from 'vitest';
import { nodeSetup, oneProgramSetup } from '../../../test/simulation/world.ts';
import type { RuntimeAddresses } from '../../runtimes/runtime.ts';
import { desiredNode, type NodeSetup, settingsOf, withHost } from './node-setup.ts';

const host = 'host.docker.internal';
const addresses: RuntimeAddresses = { listen: '0.0.0.0', host, unit: (name) => `unit-${name}` };

function setup(builderUrl?: string): NodeSetup {
  const client = { ports: { engine: 1, api: 2 }, args: [], env: {}, definition: { id: 'any' } };
  const wish = builderUrl === undefined ? {} : { builderUrl };
  return {
    name: 'home',
    execution: client,
    consensus: { ...client, ...wish },
    validator: client,
  } as unknown as NodeSetup;
}

describe('what a client is told', () => {
  it('of a builder: its address to the consensus client, and that there is one to the validator client', () => {
    const told = setup('http://127.0.0.1:18550');
    expect(settingsOf(told, 'consensus', addresses).builderUrl).toBe(`http://${host}:18550`);
    expect(settingsOf(told, 'validator', addresses)).toMatchObject({ asksBuilder: true });
    expect(settingsOf(told, 'validator', addresses).builderUrl).toBeUndefined();
    expect(settingsOf(setup(), 'validator', addresses).asksBuilder).not.toBe(true);
  });

  it('of its neighbours: their names in the network of the node', () => {
    expect(settingsOf(setup(), 'validator', addresses).beaconUrl).toMatch(/^http:\/\/unit-.*consensus.*:2$/);
    // Inside another one's program it is reached where that is.
    expect(settingsOf(oneProgramSetup, 'validator', addresses).beaconUrl).toBe(
      'http://unit-home.execution:3',
    );
  });
});

describe('the loopback of this host', () => {
  it.each([
    ['http://127.0.0.1:9000', `http://${host}:9000`],
    ['http://localhost:9000/path?a=b', `http://${host}:9000/path?a=b`],
    ['http://[::1]:9000', `http://${host}:9000`],
    ['http://10.0.0.7:9000', 'http://10.0.0.7:9000'],
  ])('%s is %s to a program in a container', (url, seen) => {
    expect(withHost(url, host)).toBe(seen);
  });
});

describe('what a client is started anew for', () => {
  const fingerprints = (of: NodeSetup) => {
    const { execution, consensus, validator } = desiredNode(of, { intent: 'up', force: false });
    return { execution: execution.fingerprint, validator: validator?.fingerprint, host: consensus.host };
  };

  it('is also what the client inside it is told, and where its beacon node is', () => {
    const apart = fingerprints(nodeSetup);
    const inside = fingerprints(oneProgramSetup);
    expect([apart.host, inside.host]).toEqual([undefined, 'execution']);
    expect(inside.execution).not.toBe(apart.execution);
    expect(inside.validator).not.toBe(apart.validator);
    const consensus = { ...oneProgramSetup.consensus, args: ['--more'] };
    expect(fingerprints({ ...oneProgramSetup, consensus }).execution).not.toBe(inside.execution);
  });
});
