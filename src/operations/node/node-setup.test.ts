import { describe, expect, it } from 'vitest';
import { nodeSetup, oneProgramSetup } from '../../../test/simulation/world.ts';
import { grandine } from '../../core/clients/consensus/grandine.ts';
import { web3signer } from '../../core/clients/signer/web3signer.ts';
import { grandineValidator } from '../../core/clients/validator/grandine.ts';
import type { RuntimeAddresses } from '../../runtimes/runtime.ts';
import { desiredNode, layerInside, type NodeSetup, settingsOf, unitLayerOf, withHost } from './node-setup.ts';

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

describe('validators inside the program of their beacon node', () => {
  const grandineSetup = (more: Partial<NodeSetup['validator']> = {}): NodeSetup => {
    const client = { ...nodeSetup.consensus, definition: grandine };
    const validator = {
      ...client,
      definition: grandineValidator,
      ports: { keymanager: 4 },
      keySets: ['main'],
    };
    const signer = { ...client, definition: web3signer, ports: { api: 9 } };
    return { ...nodeSetup, consensus: client, validator: { ...validator, ...more }, signer };
  };
  const desiredOf = (setup: NodeSetup) => desiredNode(setup, { intent: 'up', force: false });

  it('are of its unit, which starts anew for what they are started with', () => {
    const setup = grandineSetup();
    expect([unitLayerOf(setup, 'validator'), unitLayerOf(setup, 'consensus')]).toEqual([
      'consensus',
      'consensus',
    ]);
    expect([layerInside(setup, 'consensus'), layerInside(setup, 'execution')]).toEqual([
      'validator',
      undefined,
    ]);
    const { validator, consensus, execution } = desiredOf(setup);
    expect([execution.host, consensus.host, validator?.host]).toEqual([undefined, undefined, 'consensus']);
    const marked = desiredOf(grandineSetup({ graffiti: 'mine' }));
    expect(marked.consensus.fingerprint).not.toBe(consensus.fingerprint);
    expect(desiredOf(grandineSetup({ keySets: ['other'] })).consensus).toEqual(consensus);
  });

  it('ask the signer of the node, where the program finds it', () => {
    expect(settingsOf(grandineSetup(), 'validator', addresses).signerUrl).toBe('http://unit-home.signer:9');
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

  const all: NodeSetup = {
    ...nodeSetup,
    signer: { ...nodeSetup.execution, ports: { api: 4 } },
    database: { ...nodeSetup.execution, ports: { sql: 5 } },
  };
  const layers = ['execution', 'consensus', 'validator', 'signer', 'database'] as const;
  type Layer = (typeof layers)[number];

  const fingerprintsOf = (of: NodeSetup) => {
    const { execution, consensus, validator } = desiredNode(of, { intent: 'up', force: false });
    return {
      execution: execution.fingerprint,
      consensus: consensus.fingerprint,
      validator: validator?.fingerprint,
      signer: validator?.signer?.fingerprint,
    };
  };
  const movedPort = (layer: Layer, port: string): NodeSetup => ({
    ...all,
    [layer]: { ...all[layer], ports: { ...all[layer]?.ports, [port]: 99 } },
  });
  const given = (layer: Layer, more: object): NodeSetup => ({ ...all, [layer]: { ...all[layer], ...more } });
  const changed = (to: NodeSetup, from = all) => {
    const [before, after] = [fingerprintsOf(from), fingerprintsOf(to)];
    return layers.filter((layer) => layer !== 'database' && before[layer] !== after[layer]);
  };

  it.each([
    ['the Beacon API on another port', movedPort('consensus', 'api'), ['consensus', 'validator']],
    ['the Engine API on another port', movedPort('execution', 'engine'), ['execution', 'consensus']],
    ['a signer on another port', movedPort('signer', 'api'), ['validator', 'signer']],
    ['its database on another port', movedPort('database', 'sql'), ['validator', 'signer']],
    ['a builder', given('consensus', { builderUrl: 'http://10.0.0.7:1' }), ['consensus', 'validator']],
    ['another fee recipient', given('validator', { feeRecipient: '0x01' }), ['consensus', 'validator']],
    ['a port that others may reach', given('execution', { publish: ['rpc'] }), ['execution']],
  ])('is %s, whoever is told of it', (_, to, who) => {
    expect(changed(to)).toEqual(who);
  });

  it('is a remote signer elsewhere', () => {
    const [first, second] = [1, 2].map((port) => {
      const {
        signer: _signer,
        database: _database,
        ...rest
      } = given('validator', {
        signerUrl: `http://10.0.0.7:${port}`,
      });
      return rest;
    });
    expect(changed(second as NodeSetup, first)).toEqual(['validator']);
  });
});
