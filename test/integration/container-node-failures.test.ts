import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cannotMount } from '../support/cannot-mount.ts';
import type { ContainerEngine } from '../support/container-engine.ts';
import { buildClientsImage, clientArtifacts } from '../support/container-images.ts';
import { describeIf } from '../support/describe-if.ts';
import { EphemeryHome, type RunningEphemery, type SeenEvent } from '../support/ephemery-home.ts';
import { until } from '../support/mayfly-process.ts';
import { OciRegistry } from '../support/oci-registry.ts';
import { missingEngine, startEngine } from '../support/start-engine.ts';

const roomMebibytes = 4096;
const layerMebibytes = 64;
const patienceMs = 180_000;
const troubles = ['EPH-NODE-RUNTIME-SILENT', 'EPH-NODE-STEP-FAILED', 'EPH-NODE-CLIENT-EXITS'];

interface Finding {
  readonly code: string;
  readonly long: string;
  readonly remedy: string;
  readonly facts: { readonly code?: string; readonly step?: string };
}

interface Status {
  readonly nodes: readonly {
    readonly state: string;
    readonly clients: readonly { readonly layer: string; readonly state: string }[];
    readonly findings: readonly Finding[];
  }[];
}

/**
 * The execution client's image comes from a registry and has a layer of its own; that of the consensus client is only
 * here, so that it is never pulled. The network does not reset meanwhile.
 */
describeIf(missingEngine() ?? (await cannotMount()))(
  'a node in containers, and what can happen to them',
  () => {
    let registry: OciRegistry;
    let engine: ContainerEngine;
    let home: EphemeryHome;
    let up: RunningEphemery;
    let repository: string;
    let digest: string;
    let later: string;
    let withdrawn: Buffer | undefined;
    let kept: Readonly<Record<string, string>>;
    let chains: readonly string[];

    /** Puts what the clients' image is, and a layer that is new each time, under the tag; its digest. */
    const publish = async (name: string): Promise<string> => {
      const extra = join(engine.folder, name);
      await writeFile(extra, randomBytes(layerMebibytes * 2 ** 20));
      const container = await engine.run('create', 'localhost/ephemery-clients:1', '/none');
      await engine.run('cp', extra, `${container}:/tmp/extra`);
      await engine.run('commit', container, `localhost/${name}:1`);
      await engine.run('rm', container);
      const layout = join(home.folder, name);
      await engine.saveLayout(`localhost/${name}:1`, layout);
      await engine.run('rmi', `localhost/${name}:1`);
      return registry.publish('clients', 'v1', layout);
    };
    const config = (followed: string) => ({
      version: 1,
      networks: { local: { devnet: { slot: '1s', period: '2h' } } },
      nodes: {
        home: {
          network: 'local',
          runtime: 'container',
          execution: {
            client: 'ethereumjs',
            artifact: { ...clientArtifacts.ethereumjs, image: followed, tag: 'v1' },
          },
          consensus: { client: 'mayfly', artifact: clientArtifacts.mayfly },
        },
      },
    });

    const status = async () => ((await home.ask('status')) as Status).nodes[0];
    const finding = async (code: string) => (await status())?.findings.find((found) => found.code === code);
    const running = async (layer: string) =>
      engine.run('ps', '--quiet', '--no-trunc', '--filter', `label=io.ephemery.unit=home.${layer}`);
    /** The digest of the image that the execution client runs; empty while it does not run. */
    const runningImage = async () => {
      const container = await running('execution');
      return container === '' ? '' : engine.imageDigestOf(container);
    };
    const lockText = () => readFile(join(home.folder, 'ephemery.lock'), 'utf8');
    const ask = async (...args: readonly string[]): Promise<unknown> => {
      const { code, stdout, stderr } = await home.start(args, { env: engine.environment }).ended;
      if (code !== 0) throw new Error(`ephemery ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`);
      // `up` tells of each thing on a line of its own.
      return JSON.parse(stdout.split('\n').at(-1) ?? '');
    };
    const raised = (code: string, since: number) =>
      up.event(code, ({ type, finding: told, seq }: SeenEvent) => {
        return type === 'finding.raised' && seq > since && (told as Finding).code === code;
      });
    const lastSeq = () => up.events.at(-1)?.seq ?? 0;
    const untilWell = async () => {
      let now: Status['nodes'][number] | undefined;
      const isWell = async () => {
        now = await status();
        return now?.state === 'live' && !now.findings.some(({ code }) => troubles.includes(code));
      };
      await until(isWell, patienceMs).catch(() => {
        throw new Error(`the node is not well: ${JSON.stringify(now)}`);
      });
    };
    /** Behind the back of the engine's API: the container and its image go while nobody can start it again. */
    const loseImage = async (prepare: () => Promise<void> | void) => {
      await engine.hide();
      await engine.remove(await running('execution'));
      // By its own id it goes with every name that it has.
      const image = await engine.run('image', 'inspect', '--format', '{{.Id}}', `${repository}@${digest}`);
      await engine.run('rmi', '--force', image);
      await prepare();
      await engine.resume();
    };
    const failedWith = async (code: string): Promise<Finding> => {
      await until(async () => (await finding('EPH-NODE-STEP-FAILED'))?.facts.code === code, patienceMs);
      const found = await finding('EPH-NODE-STEP-FAILED');
      if (found === undefined) throw new Error(`${code} is told no more`);
      return found;
    };

    beforeAll(async () => {
      registry = await OciRegistry.start();
      engine = await startEngine({ registry: registry.address, diskMebibytes: roomMebibytes });
      repository = `${registry.address}/clients`;
      home = await EphemeryHome.create();
      await buildClientsImage(engine);
      digest = await publish('first');
      await writeFile(join(home.folder, 'ephemery.yaml'), JSON.stringify(config(repository)));
    });
    afterAll(async () => {
      await home?.close();
      await engine?.close();
      await registry?.close();
    });

    it('says why it does not begin while its first pull fails, comes up when it succeeds, and is pinned by digest', async () => {
      registry.blobsFail = true;
      up = home.start(['up'], { env: engine.environment });
      const { finding: told } = await raised('EPH-NODE-PROGRAM-MISSING', 0);
      expect(told).toMatchObject({
        facts: { code: 'EPH-RUNTIME-PULL-FAILED' },
        remedy: expect.stringContaining('Check the network and the registry'),
      });
      expect(await engine.run('ps', '--all', '--quiet')).toBe('');
      registry.blobsFail = false;
      await up.event('life', ({ type }) => type === 'reset.live');
      expect(await lockText()).toContain(digest);
      await untilWell();
      kept = await home.kept();
      chains = await home.chains();
    });

    it('gets a container again that somebody removed, and says so', async () => {
      const before = await running('execution');
      const since = lastSeq();
      await engine.remove(before);
      const { finding: told } = await raised('EPH-NODE-UNIT-REMOVED', since);
      expect(told).toMatchObject({ remedy: expect.stringContaining('Nothing is to be done') });
      await untilWell();
      expect(await running('execution')).not.toBe(before);
    });

    it('is left as it is while the engine is away, and its containers are found again', async () => {
      const before = [await running('execution'), await running('consensus')];
      await engine.interrupt();
      await until(async () => (await finding('EPH-NODE-RUNTIME-SILENT')) !== undefined, patienceMs);
      const told = await finding('EPH-NODE-RUNTIME-SILENT');
      expect(told?.long).toContain(engine.socket);
      expect(told?.remedy).toContain('ephemery doctor');
      await engine.resume();
      await untilWell();
      expect([await running('execution'), await running('consensus')]).toEqual(before);
    });

    it('waits for a pull that fails, and goes on by itself when it succeeds', async () => {
      const consensus = await running('consensus');
      await loseImage(() => {
        registry.blobsFail = true;
      });
      const told = await failedWith('EPH-RUNTIME-PULL-FAILED');
      expect(told.remedy).toContain('Check the network and the registry');
      expect(await running('consensus')).toBe(consensus);
      registry.blobsFail = false;
      await untilWell();
      expect(await running('execution')).not.toBe('');
    });

    it('waits for room when a pull fills the disk, and goes on by itself when there is some', async () => {
      const consensus = await running('consensus');
      await loseImage(() => engine.disk.leaveFree(layerMebibytes / 4));
      const told = await failedWith('EPH-RUNTIME-PULL-NO-SPACE');
      expect(told.remedy).toContain('Make room');
      expect(await running('consensus')).toBe(consensus);
      await engine.disk.resize(roomMebibytes);
      await untilWell();
      expect(await running('execution')).not.toBe('');
    });

    it('stays on its digest when the tag has moved, and says when that is not published any more', async () => {
      later = await publish('later');
      expect(later).not.toBe(digest);
      await loseImage(() => undefined);
      // Until somebody has looked, the node counts as it was before.
      await until(async () => (await running('execution')) !== '', patienceMs);
      await untilWell();
      expect(await runningImage()).toBe(digest);
      withdrawn = registry.withdraw('clients', digest);
      await loseImage(() => undefined);
      const told = await failedWith('EPH-RUNTIME-IMAGE-GONE');
      expect(told.remedy).toContain('`ephemery artifacts update`');
      expect(await lockText()).not.toContain(later);
    });

    it('takes what is published now when it is told to, and goes back', async () => {
      const key = 'image:execution/ethereumjs';
      const { programs } = (await ask('artifacts', 'list')) as { programs: readonly object[] };
      expect(programs).toContainEqual(expect.objectContaining({ key, digest, isPinned: true }));
      const verified = (await ask('artifacts', 'verify')) as { programs: readonly object[] };
      const outcomes = verified.programs as readonly { client: string; outcome: string }[];
      expect(outcomes.map(({ client, outcome }) => [client, outcome]).toSorted()).toEqual([
        ['EthereumJS', 'absent'],
        ['Mayfly', 'good'],
      ]);
      const [from, to] = [digest, later].map((sum) => expect.stringContaining(sum));
      const shown = await ask('artifacts', 'update', '--dry-run');
      expect(shown).toMatchObject({ changes: [{ key, kind: 'changed', from, to }], applied: false });
      expect(await lockText()).not.toContain(later);

      expect(await ask('artifacts', 'update', '--yes')).toMatchObject({ applied: true, isSupervised: true });
      await ask('up', '--detach');
      await until(async () => (await runningImage()) === later, patienceMs);
      await untilWell();

      registry.restore('clients', withdrawn);
      const back = await ask('artifacts', 'update', '--back', '--yes');
      expect(back).toMatchObject({ changes: [{ key, kind: 'changed', from: to, to: from }], applied: true });
      await ask('up', '--detach');
      await until(async () => (await runningImage()) === digest, patienceMs);
      await untilWell();
    });

    it('has lost nothing through all of it', async () => {
      expect(await home.kept()).toEqual(kept);
      expect(await home.chains()).toEqual(chains);
      const journal = await readFile(home.path('nodes', 'home', 'journal.ndjson'), 'utf8');
      for (const line of journal.trimEnd().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
      expect((await up.stop('SIGINT')).code).toBe(0);
      expect(await engine.run('ps', '--quiet')).toBe('');
      expect(await home.processes()).toEqual([]);
    });
  },
);
