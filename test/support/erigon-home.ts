import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import type { NetworkDefinition } from '../../src/core/network/definition.ts';
import { releaseTag, scheduleOf } from '../../src/core/network/schedule.ts';
import { buildRelease } from '../../src/genesis/build-release.ts';
import { devnetInputs } from '../../src/genesis/devnet-inputs.ts';
import { writeRelease } from '../../src/genesis/write-release.ts';
import { deriveValidatorKeys } from '../../src/mayfly/keys/validator-keys.ts';
import { type Releaser, startReleaser } from '../../src/releases/serve/releaser.ts';
import { EphemeryHome, type RunningEphemery } from './ephemery-home.ts';

const support = import.meta.dirname;
// Longer than all that a test does in an iteration; the shorter, the more often a node looks.
const periodSeconds = 240;
const ageSeconds = 10;

/**
 * A home whose node `home` has Erigon's stand-in as its program, on a network of its own with a release server. Its clock
 * is the machine's until it is moved: for every command, every program and the server.
 */
export class ErigonHome {
  readonly home: EphemeryHome;
  private readonly clockFile: string;
  private releaser: Releaser | undefined;
  private movedBySeconds = 0;

  /** `consensus` of the node as the configuration has it. The network is a minute into its iteration 1. */
  static async create(consensus: object): Promise<ErigonHome> {
    const made = new ErigonHome(await EphemeryHome.create());
    await made.moveClock(0);
    await made.publish(consensus);
    return made;
  }

  private constructor(home: EphemeryHome) {
    this.home = home;
    this.clockFile = join(home.folder, 'moved-by');
  }

  private async publish(consensus: object): Promise<void> {
    const published = join(this.home.folder, 'published');
    await mkdir(published);
    const nowMs = () => Date.now() + this.movedBySeconds * 1_000;
    this.releaser = await startReleaser({ folder: published, clock: { ...systemClock, nowMs } });
    const definition: NetworkDefinition = {
      name: 'own',
      baseTimeSeconds: Math.floor(Date.now() / 1_000) - periodSeconds - ageSeconds,
      baseChainId: 7_000_000,
      periodSeconds,
      genesisDelaySeconds: 5,
      releaseTagPrefix: 'own-',
      publishLeadSeconds: 60,
      prefetchLeadSeconds: 60,
      releaseSources: [{ kind: 'github', url: this.releaser.url }],
      checkpointProviders: [],
    };
    for (const iteration of [1, 2]) {
      const release = await releaseOf(definition, iteration);
      await writeRelease(release, join(published, releaseTag(definition, iteration)));
    }
    const config = {
      version: 1,
      networks: { own: { file: './network.yaml' } },
      nodes: {
        home: {
          network: 'own',
          runtime: 'process',
          execution: { client: 'erigon', artifact: { kind: 'path', path: await this.program('erigon') } },
          consensus,
        },
      },
    };
    await writeFile(join(this.home.folder, 'network.yaml'), JSON.stringify(definition));
    await writeFile(join(this.home.folder, 'ephemery.yaml'), JSON.stringify(config, null, 2));
  }

  /** The path of a stand-in that is called so. */
  async program(name: 'erigon' | 'caplin'): Promise<string> {
    const file = join(this.home.folder, name);
    const command = [process.execPath, '--import', join(support, 'moved-clock.mjs')];
    const standIn = join(support, 'erigon-stand-in.mjs');
    await writeFile(
      file,
      `#!/bin/sh\nexport MOVED_CLOCK='${this.clockFile}'\nexec ${command.join(' ')} ${standIn} ${name} "$@"\n`,
    );
    await chmod(file, 0o755);
    return file;
  }

  /** From now on it is past the genesis of iteration 2. */
  moveToReset(): Promise<void> {
    return this.moveClock(periodSeconds - ageSeconds + 10);
  }

  private async moveClock(bySeconds: number): Promise<void> {
    this.movedBySeconds = bySeconds;
    // In one go: it is read at any time.
    await writeFile(`${this.clockFile}.new`, String(bySeconds * 1_000));
    await rename(`${this.clockFile}.new`, this.clockFile);
  }

  start(...args: readonly string[]): RunningEphemery {
    return this.home.start(args, {
      node: ['--import', join(support, 'moved-clock.mjs')],
      env: { MOVED_CLOCK: this.clockFile },
    });
  }

  /** The JSON that a command prints; throws what it said when it failed. */
  async ask(...args: readonly string[]): Promise<unknown> {
    const { code, stdout, stderr } = await this.start(...args).ended;
    if (code !== 0) throw new Error(`ephemery ${args.join(' ')} ended with ${code}: ${stderr}`);
    return JSON.parse(stdout);
  }

  async close(): Promise<void> {
    await this.home.close();
    await this.releaser?.close();
  }
}

function releaseOf(network: NetworkDefinition, iteration: number) {
  const { chainId, startSeconds } = scheduleOf(network, 0);
  const credentials = `0x01${'00'.repeat(11)}${'aa'.repeat(20)}`;
  const lines = deriveValidatorKeys('erigon', 8).map(
    ({ pubkey }) => `0x${Buffer.from(pubkey).toString('hex')}:${credentials}:32000000000`,
  );
  const inputs = devnetInputs({
    iteration: 0,
    chainId,
    startSeconds,
    periodSeconds: network.periodSeconds,
    genesisDelaySeconds: network.genesisDelaySeconds,
    slotSeconds: 1,
    validators: [{ name: 'all', lines }],
  });
  return buildRelease({ inputs, iteration, tagPrefix: network.releaseTagPrefix });
}
