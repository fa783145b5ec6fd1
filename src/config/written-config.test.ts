import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parseConfig } from './parse.ts';
import { writtenConfig } from './written-config.ts';

const text = `version: 1
networks: { mine: { devnet: { slot: 2s, period: 1h30m } }, other: { file: network.yaml } }
nodes:
  home:
    network: mine
    runtime: container
    checkpoint: { providers: [http://192.0.2.7:5052] }
    execution: { client: geth, limits: { memory: 1.5G, cpus: 2 } }
    consensus: { client: lighthouse, limits: { memory: 1.3K } }
    validator: { client: lighthouse, keySets: [main] }
    signer: { client: web3signer, database: { limits: { memory: 512MiB } } }
keySets: { main: {} }
hooks:
  - { on: [reset.live], command: [notify] }
  - { on: [reset.live], webhook: "https://example.org", timeout: 1m0.5s }
backup:
  targets: [{ kind: directory, path: /b }]
  recipients: [age1${'q'.repeat(58)}]
  drill: { identityFile: drill.txt }
`;

it('a configuration that is written again says the same', () => {
  const { config } = parseConfig(text, 'ephemery.yaml');
  const written = stringify(writtenConfig(config), { lineWidth: 0 });
  expect(parseConfig(written, 'ephemery.yaml').config).toEqual(config);
  for (const line of [
    'every: 1d',
    'age: 90d',
    'timeout: 1m',
    'period: 1h30m',
    'memory: 1536M',
    'memory: 512M',
  ])
    expect(written).toContain(line);
});
