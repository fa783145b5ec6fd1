import { describe, expect, it } from 'vitest';
import type { UnitSpec } from '../../core/clients/units.ts';
import { containerNames } from './container-names.ts';
import { type ContainerPlace, containerOptions } from './container-options.ts';

const program = { client: 'geth', version: '1', command: [], image: { repository: 'x', digest: 'sha256:1' } };
const unit: UnitSpec = {
  name: 'home.execution',
  args: ['--datadir=/ephemery/data'],
  env: { EXTRA: 'yes' },
  mounts: [
    { key: 'data', hostPath: '/root-dir/data', writable: true },
    { key: 'jwt', hostPath: '/root-dir/jwt.hex', writable: false },
  ],
  workingMount: 'data',
  ports: [
    { name: 'rpc', protocol: 'tcp', port: 9001, exposure: 'loopback' },
    { name: 'p2p', protocol: 'udp', port: 9003, exposure: 'public' },
  ],
  stop: { signal: 'SIGINT', deadlineMs: 30_500, resetStopDeadlineMs: 100 },
  readiness: { kind: 'none' },
  limits: { memoryBytes: 2 ** 30, cpus: 1.5 },
};
const place: ContainerPlace = {
  names: containerNames('/root-dir'),
  facts: { product: 'docker', rootless: false, selinux: false },
  user: { uid: 1000, gid: 1001 },
  run: 'abcd',
  startedAtMs: 5,
  image: 'x@sha256:1',
};
const podman = { product: 'podman', rootless: true, selinux: true } as const;

describe('what the engine is asked to make', () => {
  it('has mounts, user, ports, limits and labels of its unit, and nothing that it could do harm with', () => {
    const options = containerOptions(program, unit, place);
    expect(options).toMatchObject({
      name: `ephemery-${place.names.rootId}.home.execution`,
      Image: 'x@sha256:1',
      Cmd: ['--datadir=/ephemery/data'],
      Env: ['HOME=/tmp', 'EXTRA=yes'],
      User: '1000:1001',
      WorkingDir: '/ephemery/data',
      StopSignal: 'SIGINT',
      StopTimeout: 31,
      Labels: { 'io.ephemery.node': 'home', 'io.ephemery.unit': 'home.execution', 'io.ephemery.run': 'abcd' },
    });
    expect(options).not.toHaveProperty('Entrypoint');
    expect(options.HostConfig).toMatchObject({
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      RestartPolicy: { Name: 'no' },
      Memory: 2 ** 30,
      NanoCpus: 1.5e9,
      Mounts: [
        { Type: 'bind', Source: '/root-dir/data', Target: '/ephemery/data', ReadOnly: false },
        { Type: 'bind', Source: '/root-dir/jwt.hex', Target: '/ephemery/jwt', ReadOnly: true },
      ],
      PortBindings: {
        '9001/tcp': [{ HostIp: '127.0.0.1', HostPort: '9001' }],
        '9003/udp': [{ HostIp: '', HostPort: '9003' }],
      },
    });
  });

  it("lies in its node's network under a name of its own", () => {
    const { HostConfig, NetworkingConfig } = containerOptions(program, unit, place);
    const network = `ephemery-${place.names.rootId}.home`;
    expect(HostConfig?.NetworkMode).toBe(network);
    expect(NetworkingConfig?.EndpointsConfig?.[network]).toEqual({ Aliases: ['home-execution'] });
  });

  it("publishes nothing in the host's own network", () => {
    const options = containerOptions(program, { ...unit, network: 'host' }, place);
    expect(options.HostConfig).toMatchObject({ NetworkMode: 'host', PortBindings: {} });
    expect(options).not.toHaveProperty('NetworkingConfig');
  });

  it('runs as our user whatever the engine maps users to', () => {
    expect(containerOptions(program, unit, { ...place, facts: podman })).toMatchObject({
      User: '1000:1001',
      HostConfig: { UsernsMode: 'keep-id', SecurityOpt: ['no-new-privileges', 'label=disable'] },
    });
    const rootless = { product: 'docker', rootless: true, selinux: false } as const;
    expect(containerOptions(program, unit, { ...place, facts: rootless }).User).toBe('0:0');
  });

  it("has the program's own command before the arguments when the image's entrypoint is not it", () => {
    const options = containerOptions({ ...program, command: ['/bin/geth', 'run'] }, unit, place);
    expect(options.Entrypoint).toEqual(['/bin/geth', 'run']);
  });

  it('has another user where the program does not run as root, and is refused where all are root', () => {
    const proud = { ...unit, refusesRoot: true } as const;
    expect(containerOptions(program, proud, place).User).toBe('1000:1001');
    const asRoot = { ...place, user: { uid: 0, gid: 0 } };
    expect(containerOptions(program, unit, asRoot).User).toBe('0:0');
    expect(containerOptions(program, proud, asRoot).User).not.toMatch(/^0:/);
    const rootless = { ...place, facts: { product: 'docker', rootless: true, selinux: false } } as const;
    expect(() => containerOptions(program, proud, rootless)).toThrow('does not run as root');
    expect(containerOptions(program, proud, { ...place, facts: podman }).User).toBe('1000:1001');
  });
});
