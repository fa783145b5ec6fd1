import { access } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serviceName } from '../../src/operations/service/service-unit.ts';
import { describeIf } from '../support/describe-if.ts';
import { EphemeryHome } from '../support/ephemery-home.ts';
import { until } from '../support/mayfly-process.ts';
import { type OtherNetwork, startOtherNetwork, untilItFollows } from '../support/other-network.ts';
import { missingSystemd, UserSystemd } from '../support/user-systemd.ts';

describeIf(await missingSystemd())('the installed service', () => {
  let network: OtherNetwork;
  let home: EphemeryHome;
  let systemd: UserSystemd;

  beforeAll(async () => {
    network = await startOtherNetwork();
    home = await EphemeryHome.create();
    await network.tell(home, { runtime: 'process' });
    systemd = await UserSystemd.start();
  });
  afterAll(async () => {
    await systemd?.close();
    await home?.close();
    await network?.close();
  });

  async function ask(...args: readonly string[]): Promise<unknown> {
    const { code, stdout, stderr } = await home.start(args, systemd.beside(home.folder)).ended;
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}\n${systemd.output}`);
    return JSON.parse(stdout);
  }

  /** As systemd tells it. */
  const told = (property: string) => systemd.run('show', serviceName, `--property=${property}`, '--value');

  const untilLive = () =>
    until(async () => {
      const { nodes } = (await ask('status')) as { nodes: readonly { state: string }[] };
      return nodes[0]?.state === 'live';
    }, 60_000);

  const clients = async () => (await home.clients('home')).map(({ pid }) => pid).toSorted();

  it('runs the supervisor, whose node follows its network', async () => {
    const { file } = (await ask('service', 'install')) as { file: string };
    expect(file).toBe(`${systemd.units}/${serviceName}`);
    expect(await ask('service', 'status')).toEqual({
      file,
      installed: true,
      ours: true,
      enabled: 'enabled',
      active: 'active',
    });
    await untilLive();
    await untilItFollows(home);
  });

  it('starts a supervisor that was killed again, which goes on with the same clients', async () => {
    const before = await clients();
    expect(before).toHaveLength(2);
    const supervisors = (await home.processes()).filter(({ command }) => command.includes(' up --home '));
    expect(supervisors).toHaveLength(1);
    for (const { pid } of supervisors) process.kill(pid, 'SIGKILL');
    await until(
      async () => (await told('NRestarts')) === '1' && (await told('ActiveState')) === 'active',
      60_000,
    );
    await untilLive();
    expect(await clients()).toEqual(before);
    await untilItFollows(home);
  });

  it('stops without a failure, and the node runs on', async () => {
    const before = await clients();
    await systemd.run('stop', serviceName);
    expect([await told('ActiveState'), await told('Result')]).toEqual(['inactive', 'success']);
    expect(await clients()).toEqual(before);
    await untilItFollows(home);
    await systemd.run('start', serviceName);
    await untilLive();
    expect(await clients()).toEqual(before);
  });

  it('is gone once it is uninstalled, and the node runs on until it is told to stop', async () => {
    const before = await clients();
    expect(await ask('service', 'uninstall')).toEqual({ removed: true });
    await expect(access(`${systemd.units}/${serviceName}`)).rejects.toThrow('ENOENT');
    expect(await told('LoadState')).toBe('not-found');
    expect(await ask('service', 'status')).toMatchObject({ installed: false, active: 'inactive' });
    expect(await clients()).toEqual(before);
    expect(await ask('down')).toMatchObject({ nodes: ['home'] });
    expect(await clients()).toEqual([]);
  });
});
