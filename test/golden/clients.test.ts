import { describe, expect, it } from 'vitest';
import { clients } from '../../src/app/registries/clients.ts';
import type { ClientContext, ClientDefinition } from '../../src/core/clients/client.ts';
import { golden } from './golden.ts';

const quiet: ClientContext = {
  node: 'home',
  identity: {
    iteration: 160,
    chainId: 39438160,
    genesisValidatorsRoot: `0x${'ab'.repeat(32)}`,
    executionGenesisHash: `0x${'cd'.repeat(32)}`,
    genesisTimeSeconds: 1780600200,
  },
  highestFork: 'electra',
  enodes: [],
  bootstrapEnrs: [],
  paths: {
    data: '/root-dir/nodes/home/chains/160-0123abcd/client',
    bundle: '/root-dir/releases/devnet/160-0123abcd',
    identity: '/root-dir/nodes/home/identity',
    jwt: '/root-dir/nodes/home/secrets/jwt.hex',
  },
  ports: { rpc: 9001, engine: 9002, p2p: 9003, api: 9004, metrics: 9005 },
  listenAddress: '127.0.0.1',
  keySets: [],
  engineUrl: 'http://127.0.0.1:9002',
  beaconUrl: 'http://127.0.0.1:9004',
  args: [],
  env: {},
};

const busy: ClientContext = {
  ...quiet,
  enodes: [`enode://${'11'.repeat(64)}@192.0.2.1:30303`, `enode://${'22'.repeat(64)}@192.0.2.2:30303`],
  bootstrapEnrs: ['enr:-one', 'enr:-two'],
  followUrl: 'http://127.0.0.1:9100',
  args: ['--custom=1'],
  env: { CUSTOM: 'yes' },
};

function shown(client: ClientDefinition, context: ClientContext): string {
  const { args, env } = client.program(context);
  const tasks = client
    .tasks(context)
    .map((task) => [`task ${task.name} (${task.deadlineMs} ms)`, ...task.args]);
  const lines = [
    ...tasks.flat(),
    'unit',
    ...args.map((arg) => `  ${arg}`),
    ...Object.entries(env).map(([name, value]) => `env ${name}=${value}`),
    `ready ${JSON.stringify(client.readiness(context))}`,
    `stop ${JSON.stringify(client.stop)}`,
  ];
  return `${lines.join('\n')}\n`;
}

describe('command lines of clients', () => {
  it.each(clients)('$id', async (client) => {
    const text = `# alone\n${shown(client, quiet)}\n# among others\n${shown(client, busy)}`;
    expect(text).toBe(await golden(`clients/${client.id}.txt`, text));
  });
});
