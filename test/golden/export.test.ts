import { describe, expect, it } from 'vitest';
import type { TaskSpec, UnitSpec } from '../../src/core/clients/units.ts';
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

const init: TaskSpec = {
  name: 'home.execution.init',
  args: ['init', '--datadir=/ephemery/data', '/ephemery/bundle/genesis.json'],
  env: common.env,
  workingMount: 'data',
  mounts: mounts('execution.geth'),
  deadlineMs: 120_000,
};

function units(containers: boolean): readonly ExportedUnit[] {
  const program = (client: string) =>
    containers
      ? { command: [], image: { repository: `docker.io/x/${client}`, digest: `sha256:${'ab'.repeat(32)}` } }
      : { command: [`/opt/my clients/${client}`] };
  return [
    { spec: execution, client: 'geth', tasks: [init] },
    { spec: consensus, client: 'lighthouse', tasks: [] },
  ].map(({ spec, client, tasks }) => ({
    node: 'home',
    iteration: 160,
    spec,
    tasks,
    unmade: [],
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

  it('before the first `up`: images by tag, and what is not there yet', async () => {
    const absent = (client: string) => ({ client, version: '1.2.3', command: [], absent: `x/${client}:v1` });
    const fresh = units(true).map((unit) => ({
      ...unit,
      program: absent(unit.program.client),
      unmade: unit.spec.mounts.map(({ hostPath }) => hostPath),
    }));
    const text = await composeFile(fresh, { rootPath: '/root dir', user: { uid: 1000, gid: 1000 } });
    expect(text).toBe(await golden('export/compose-before-up.yaml', text));
    expect(() => systemdUnits(fresh)).toThrow(/geth 1\.2\.3, which "home" would run, is not on this machine/);
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
