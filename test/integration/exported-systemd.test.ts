import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeIf } from '../support/describe-if.ts';
import { EphemeryHome } from '../support/ephemery-home.ts';
import { type OtherNetwork, startOtherNetwork, untilItFollows } from '../support/other-network.ts';
import { missingSystemd, UserSystemd } from '../support/user-systemd.ts';

describeIf(await missingSystemd())('exported units of systemd', () => {
  let network: OtherNetwork;
  let home: EphemeryHome;
  let systemd: UserSystemd;
  let files: ReadonlyMap<string, string>;

  const exported = async () => ((await home.ask('export', 'systemd')) as { text: string }).text;

  beforeAll(async () => {
    network = await startOtherNetwork();
    home = await EphemeryHome.create();
    await network.tell(home, { runtime: 'process' });
    const up = home.start(['up']);
    await up.event('a node that is live', ({ type }) => type === 'reset.live');
    expect((await up.stop('SIGINT')).code).toBe(0);
    const sections = (await exported()).split(/^# ---- (\S+)$/m).slice(1);
    files = new Map(
      Array.from({ length: sections.length / 2 }, (_, at) => [
        sections[2 * at] ?? '',
        sections[2 * at + 1] ?? '',
      ]),
    );
    systemd = await UserSystemd.start();
    for (const [name, text] of files) await systemd.write(name, text);
  });
  afterAll(async () => {
    await systemd?.close();
    await home?.close();
    await network?.close();
  });

  it('are ones that it understands', async () => {
    expect([...files.keys()]).toEqual(['ephemery-home-execution.service', 'ephemery-home-consensus.service']);
    expect(await systemd.verify(...files.keys())).toBe('');
  });

  it('run the node, which follows its network', async () => {
    await systemd.run('daemon-reload');
    await systemd.run('start', ...files.keys());
    await untilItFollows(home);
    expect(await systemd.run('is-active', ...files.keys())).toBe('active\nactive');
    await systemd.run('stop', ...files.keys());
  });

  it('leave what `ephemery up` goes on with', async () => {
    const up = home.start(['up']);
    await untilItFollows(home);
    expect((await up.stop('SIGINT')).code).toBe(0);
  });
});
