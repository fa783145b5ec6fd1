import { expect, it } from 'vitest';
import type { RuntimeAddresses } from '../../runtimes/runtime.ts';
import type { NodeSetup } from '../node/node-setup.ts';
import { refusePublished } from './refuse-published.ts';

const inContainers: RuntimeAddresses = { listen: '0.0.0.0', unit: (name) => name };
const setupOf = (followUrl: string | undefined, publish: readonly string[]) =>
  ({ name: 'home', execution: { publish }, consensus: { followUrl, publish: [] } }) as unknown as NodeSetup;

it.each([
  ['the network of this host', 'http://127.0.0.1:5052', 'EPH-FLEET-PUBLISH-LOCAL'],
  ['a network of its own', 'http://10.0.0.7:5052', undefined],
  ['no producer that it follows', undefined, undefined],
])('a port is published for a node with %s, or that is refused', (_, followUrl, code) => {
  const refusal = () => {
    try {
      refusePublished(setupOf(followUrl, ['rpc']), inContainers);
      return undefined;
    } catch (thrown) {
      return (thrown as { code: string }).code;
    }
  };
  expect(refusal()).toBe(code);
  expect(() => refusePublished(setupOf(followUrl, []), inContainers)).not.toThrow();
});
