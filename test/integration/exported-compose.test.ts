import { execFile, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ContainerEngine } from '../support/container-engine.ts';
import { buildClientsImage, clientArtifacts } from '../support/container-images.ts';
import { describeIf } from '../support/describe-if.ts';
import { EphemeryHome } from '../support/ephemery-home.ts';
import { missingProgram, programOnPath } from '../support/missing-program.ts';
import { type OtherNetwork, startOtherNetwork, untilItFollows } from '../support/other-network.ts';
import { PortForwarder } from '../support/port-forwarder.ts';
import { missingEngine, startEngine } from '../support/start-engine.ts';

/** Compose 1, which distributions still have, is another program and maintained no more. */
function missingCompose(): string | undefined {
  const missing = missingProgram('docker-compose');
  if (missing !== undefined) return missing;
  const { stdout } = spawnSync(programOnPath('docker-compose') ?? '', ['version', '--short'], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return /^v?1\./.test(stdout) ? `docker-compose is of version ${stdout.trim()}` : undefined;
}

describeIf(missingEngine() ?? missingCompose())('an exported Compose file', () => {
  let engine: ContainerEngine;
  let network: OtherNetwork;
  let forwarder: PortForwarder;
  let home: EphemeryHome;
  let file: string;

  const compose = async (...args: readonly string[]) => {
    const env = { PATH: process.env.PATH, HOME: home.folder, ...engine.environment };
    const { stdout } = await promisify(execFile)('docker-compose', ['--file', file, ...args], { env });
    return stdout;
  };

  beforeAll(async () => {
    engine = await startEngine();
    await buildClientsImage(engine);
    network = await startOtherNetwork();
    forwarder = await PortForwarder.to(network.producerPort);
    home = await EphemeryHome.create();
    file = join(home.folder, 'compose.yaml');
    await network.tell(home, {
      runtime: 'container',
      execution: { artifact: clientArtifacts.ethereumjs },
      consensus: { artifact: clientArtifacts.mayfly, publish: ['api'] },
      follow: `http://${engine.hostInside}:${forwarder.port}`,
    });
    const up = home.start(['up'], { env: engine.environment });
    await up.event('a node that is live', ({ type }) => type === 'reset.live');
    expect((await up.stop('SIGINT')).code).toBe(0);
    const { stdout } = await home.start(['export', 'compose'], { env: engine.environment }).ended;
    await writeFile(file, (JSON.parse(stdout) as { text: string }).text);
  });
  afterAll(async () => {
    await compose('down').catch(() => undefined);
    await home?.close();
    await forwarder?.close();
    await network?.close();
    await engine?.close();
  });

  it('is one that Compose understands', async () => {
    expect((await compose('config', '--services')).trim().split('\n').toSorted()).toEqual([
      'home-consensus',
      'home-execution',
    ]);
  });

  it('runs the node, which follows its network', async () => {
    await compose('up', '--detach');
    await untilItFollows(home);
    await compose('down');
    expect(await engine.run('ps', '--quiet')).toBe('');
  });

  it('leaves what `ephemery up` goes on with', async () => {
    const up = home.start(['up'], { env: engine.environment });
    await untilItFollows(home);
    expect((await up.stop('SIGINT')).code).toBe(0);
  });
});
