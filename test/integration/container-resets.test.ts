import { execFile } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { capabilitiesOf, noCapabilities } from '../support/capabilities.ts';
import type { ContainerEngine } from '../support/container-engine.ts';
import { buildClientsImage, clientArtifacts } from '../support/container-images.ts';
import { describeIf } from '../support/describe-if.ts';
import { EphemeryHome, type Finished, type RunningEphemery } from '../support/ephemery-home.ts';
import { missingEngine, startEngine } from '../support/start-engine.ts';

/** JSON is YAML too. */
const config = {
  version: 1,
  networks: { local: { devnet: { slot: '1s', period: '45s' } } },
  nodes: {
    home: {
      network: 'local',
      runtime: 'container',
      execution: {
        client: 'ethereumjs',
        artifact: clientArtifacts.ethereumjs,
        limits: { memory: '2G', cpus: 2 },
      },
      consensus: { client: 'mayfly', artifact: clientArtifacts.mayfly },
    },
  },
};

interface Seen {
  readonly Config: { readonly User: string; readonly Labels: Readonly<Record<string, string>> };
  readonly HostConfig: Readonly<Record<string, unknown>>;
  readonly State: { readonly Pid: number };
}

describeIf(missingEngine())('a node in containers, through two resets of a local network', () => {
  let engine: ContainerEngine;
  let digest: string;
  let home: EphemeryHome;
  let up: RunningEphemery;
  let end: Finished;
  let seen: readonly Seen[];
  let capabilities: readonly string[];

  beforeAll(async () => {
    engine = await startEngine();
    digest = await buildClientsImage(engine);
    home = await EphemeryHome.create();
    await writeFile(join(home.folder, 'ephemery.yaml'), JSON.stringify(config));
    up = home.start(['up', '--until-resets', '2'], { env: engine.environment });
    await up.event('live iteration 2', ({ type, iteration }) => type === 'reset.live' && iteration === 2);
    const ids = (await engine.run('ps', '--quiet')).split('\n');
    seen = JSON.parse(await engine.run('inspect', ...ids)) as readonly Seen[];
    capabilities = await Promise.all(seen.map(capabilitiesOf));
    end = await up.ended;
  });
  afterAll(async () => {
    await home?.close();
    await engine?.close();
  });

  it('ends with code 0 after two resets that went live', () => {
    expect(end).toMatchObject({ code: 0, stderr: '' });
    const live = up.events.filter(({ type, cause }) => type === 'reset.live' && cause === 'scheduled');
    expect(live.map(({ iteration }) => iteration)).toEqual([2, 3]);
  });

  it('ran both clients as confined containers of ours', () => {
    const units = seen.map(({ Config }) => Config.Labels['io.ephemery.unit']).toSorted();
    expect(units).toEqual(['home.consensus', 'home.execution']);
    for (const { Config, HostConfig } of seen) {
      expect(Config.User).toBe(`${process.getuid?.()}:${process.getgid?.()}`);
      expect(Config.Labels).toMatchObject({ 'io.ephemery.node': 'home', 'io.ephemery.root-path': home.root });
      expect(HostConfig).toMatchObject({ ReadonlyRootfs: true, NetworkMode: 'host' });
      expect(HostConfig.SecurityOpt).toContain('no-new-privileges');
    }
    expect(capabilities).toEqual([noCapabilities, noCapabilities]);
    expect(seen.map(({ HostConfig }) => HostConfig.Memory)).toContain(2 * 2 ** 30);
  });

  it('pinned the image by its digest', async () => {
    const lock = await readFile(join(home.folder, 'ephemery.lock'), 'utf8');
    expect(lock).toContain('image:execution/ethereumjs');
    expect(lock).toContain(`digest: ${digest}`);
  });

  it("left chain data that is our user's, and nothing running", async () => {
    expect(await engine.run('ps', '--quiet')).toBe('');
    expect(await home.processes()).toEqual([]);
    const chains = await home.chains();
    expect(chains.map((folder) => Number(folder.split('-')[0]))).toEqual(expect.arrayContaining([2, 3]));
    for (const folder of chains) {
      const { uid } = await stat(home.path('nodes', 'home', 'chains', folder, 'execution.ethereumjs'));
      expect(uid).toBe(process.getuid?.());
    }
  });

  it('keeps what the clients printed for whoever asks later', async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        join(import.meta.dirname, '../../dist/app/main.js'),
        'logs',
        'home',
        '--tail',
        '5',
        '--home',
        home.root,
      ],
      { cwd: home.folder, env: { PATH: process.env.PATH, HOME: home.folder, ...engine.environment } },
    );
    expect(stdout.split('\n').length).toBeGreaterThan(4);
  });

  it('takes its containers along when all of it goes', async () => {
    const ours = ['ps', '--all', '--quiet', '--filter', `label=io.ephemery.root-path=${home.root}`] as const;
    expect((await engine.run(...ours)).split('\n').length).toBeGreaterThan(1);
    const purge = home.start(['down', '--purge', '--yes'], { env: engine.environment });
    const { code, stdout } = await purge.ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout).purged).toContainEqual(expect.objectContaining({ runtime: 'container' }));
    expect(await engine.run(...ours)).toBe('');
  });
});
