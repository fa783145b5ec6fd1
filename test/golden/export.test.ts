import { describe, expect, it } from 'vitest';
import type { UnitSpec } from '../../src/core/clients/units.ts';
import { composeFile } from '../../src/operations/export/compose-file.ts';
import type { ExportedUnit } from '../../src/operations/export/exported-units.ts';
import { systemdUnits } from '../../src/operations/export/systemd-units.ts';
import { serviceUnit } from '../../src/operations/service/service-unit.ts';
import { golden } from './golden.ts';

const folder = '/root dir/nodes/home/chains/160-0123abcd';
const common = {
  env: { GREETING: 'two words, 100%' },
  workingMount: 'data',
  stop: { signal: 'SIGTERM', deadlineMs: 30_000, resetStopDeadlineMs: 750 },
  readiness: { kind: 'none' },
} as const;

function mounts(client: string) {
  return [
    { key: 'data', hostPath: `${folder}/${client}`, writable: true },
    { key: 'jwt', hostPath: '/root dir/nodes/home/secrets/jwt.hex', writable: false },
  ];
}

const execution: UnitSpec = {
  ...common,
  name: 'home.execution',
  args: ['--datadir=/ephemery/data', '--price=$5'],
  mounts: mounts('execution.geth'),
  ports: [
    { name: 'rpc', protocol: 'tcp', port: 9001, exposure: 'loopback' },
    { name: 'p2p', protocol: 'udp', port: 9003, exposure: 'public' },
  ],
  limits: { memoryBytes: 2 ** 31, cpus: 1.5 },
};
const consensus: UnitSpec = {
  ...common,
  name: 'home.consensus',
  args: ['--engine=http://home-execution:9002'],
  mounts: mounts('consensus.lighthouse'),
  ports: [{ name: 'api', protocol: 'tcp', port: 9004, exposure: 'loopback' }],
};

function units(containers: boolean): readonly ExportedUnit[] {
  const program = (client: string) =>
    containers
      ? { command: [], image: { repository: `docker.io/x/${client}`, digest: `sha256:${'ab'.repeat(32)}` } }
      : { command: [`/opt/my clients/${client}`] };
  return [
    { spec: execution, client: 'geth' },
    { spec: consensus, client: 'lighthouse' },
  ].map(({ spec, client }) => ({
    node: 'home',
    iteration: 160,
    spec,
    program: { client, version: '1.2.3', ...program(client) },
  }));
}

describe('what other programs are given', () => {
  it('compose', async () => {
    const text = await composeFile(units(true), { rootPath: '/root dir', user: { uid: 1000, gid: 1000 } });
    expect(text).toBe(await golden('export/compose.yaml', text));
  });

  it('systemd', async () => {
    const text = systemdUnits(units(false));
    expect(text).toBe(await golden('export/systemd.txt', text));
  });

  it.each(['user', 'system'] as const)('the service of the %s', async (scope) => {
    const env = {
      PATH: '/usr/bin:/bin',
      DOCKER_HOST: 'unix:///run/x.sock',
      HTTP_PROXY: 'http://a:secret@p:1',
    };
    const host = { env, program: ['/usr/bin/node', '/opt/ephemery node/main.js'] };
    const text = serviceUnit({ host, root: '/root dir', config: '/etc/ephemery.yaml', scope });
    expect(text).not.toContain('secret');
    expect(text).toBe(await golden(`service/${scope}.service`, text));
  });
});
