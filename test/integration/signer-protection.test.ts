import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clients } from '../../src/app/registries/clients.ts';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { systemRandom } from '../../src/base/random.ts';
import { createCatalogue } from '../../src/core/clients/catalogue.ts';
import type { Layer } from '../../src/core/clients/client.ts';
import { signerSchema } from '../../src/core/node/signer-schema.ts';
import { databaseAccess, stopDatabase } from '../../src/operations/node/database-unit.ts';
import type { ClientSetup } from '../../src/operations/node/node-setup.ts';
import { keepProtection } from '../../src/operations/node/signer-protection.ts';
import { signerToStart, startSigner } from '../../src/operations/node/signer-unit.ts';
import { signerView } from '../../src/operations/node/signer-view.ts';
import { carryProtection, exportStores } from '../../src/operations/validators/carry-protection.ts';
import { readInterchanges, writeInterchange } from '../../src/protection/interchange-file.ts';
import { createContainerRuntime } from '../../src/runtimes/container/container-runtime.ts';
import { connect } from '../../src/signer/connect.ts';
import { FileNodeStore } from '../../src/storage/files/node-store.ts';
import { rootPaths } from '../../src/storage/files/root-paths.ts';
import { bundleOf, network } from '../simulation/network.ts';
import type { ContainerEngine } from '../support/container-engine.ts';
import { buildSignerImage, lackOfSignerImage, signerArtifacts } from '../support/container-images.ts';
import { describeIf } from '../support/describe-if.ts';
import { freePort } from '../support/free-port.ts';
import { missingEngine, startEngine } from '../support/start-engine.ts';

const pubkey = `0x${'8a'.repeat(48)}`;

/** A real engine and a real PostgreSQL in a network of the node's own; the signer is a stand-in that signs nothing. */
describeIf(missingEngine() ?? lackOfSignerImage())('what the database of a signer remembers', () => {
  let engine: ContainerEngine;
  let folder: string;
  let parts: Awaited<ReturnType<typeof assemble>>;
  beforeAll(async () => {
    engine = await startEngine();
    folder = await mkdtemp(join(tmpdir(), 'ephemery-signer-'));
    parts = await assemble();
  }, 120_000);
  afterAll(async () => {
    await engine?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const assemble = async () => {
    const migrations = join(folder, 'migrations');
    await mkdir(migrations);
    await writeFile(
      join(migrations, 'V00001__initial.sql'),
      'CREATE TABLE remembered (content TEXT NOT NULL, at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp());',
    );
    const digest = await buildSignerImage(engine, migrations);
    const paths = rootPaths(join(folder, 'root'));
    const { runtime } = createContainerRuntime({
      rootPath: paths.root,
      recordPath: join(paths.run, 'engine.json'),
      user: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
      platform: 'linux',
      env: engine.environment,
      clock: systemClock,
      random: systemRandom,
      log: silentLog,
    });
    const store = new FileNodeStore(paths, 'home');
    const client = async (layer: Layer, id: string, command: readonly string[]): Promise<ClientSetup> => {
      const definition = createCatalogue(clients).get(layer, id);
      const ports: Record<string, number> = {};
      for (const { name } of definition.ports) ports[name] = await freePort();
      const program = {
        client: id,
        version: '1',
        command,
        image: { repository: 'localhost/ephemery-signer', digest },
      };
      return { definition, version: '1', program, ports, args: [], env: {} };
    };
    const setup = {
      name: 'home',
      network,
      execution: await client('execution', 'geth', []),
      consensus: await client('consensus', 'lighthouse', []),
      signer: await client('signer', 'web3signer', signerArtifacts.signer.command),
      database: await client('database', 'postgresql', signerArtifacts.database.command),
    };
    const env = { store, runtime, log: silentLog, clock: systemClock };
    const bundle = bundleOf(7, { directory: await ensured('bundle') });
    const vero = await client('validator', 'vero', []);
    return { setup, env, bundle, vero, schema: signerSchema(bundle.identity) };
  };
  const ensured = async (name: string) => {
    await mkdir(join(folder, name), { recursive: true });
    return join(folder, name);
  };
  const start = async () => {
    const { setup, env, bundle, schema } = parts;
    const step = {
      kind: 'start-signer',
      lane: 'validator',
      client: 'web3signer',
      fingerprint: 'f',
      identity: bundle.identity,
    } as const;
    const unit = await signerToStart({ setup, env, bundles: [bundle] }, { ...step, schema });
    const handle = await startSigner({ setup, env }, unit);
    if (handle === undefined) throw new Error('nobody stopped it, and it was not started');
    return handle;
  };
  const stop = async (handle: Awaited<ReturnType<typeof start>>) => {
    await parts.env.runtime.stop(handle, { signal: 'SIGTERM', deadlineMs: 20_000 });
    await stopDatabase(parts);
  };
  const remembered = async () => {
    const client = await connect(await databaseAccess(parts));
    try {
      return (await client.query(`SELECT content FROM ${parts.schema}.remembered ORDER BY at`)).rows.length;
    } finally {
      await client.end();
    }
  };
  const kept = () => parts.env.store.signerProtectionPath(parts.bundle.identity.genesisValidatorsRoot);
  const write = (slot: number, genesisValidatorsRoot = parts.bundle.identity.genesisValidatorsRoot) =>
    kept().then((file) => writeFile(file, signed(slot, genesisValidatorsRoot)));
  const signed = (slot: number, genesisValidatorsRoot: string) =>
    JSON.stringify({
      metadata: { interchange_format_version: '5', genesis_validators_root: genesisValidatorsRoot },
      data: [{ pubkey, signed_blocks: [{ slot: String(slot) }], signed_attestations: [] }],
    });

  it('begins with what was kept of its network, once', { timeout: 60_000 }, async () => {
    await write(77);
    await stop(await start());
    const handle = await start();
    expect(await remembered()).toBe(1);
    await write(78);
    await stop(handle);
    const again = await start();
    expect(await remembered()).toBe(2);
    await stop(again);
  });

  it('is kept as it is when asked, and a database that was lost gets it back', {
    timeout: 60_000,
  }, async () => {
    const handle = await start();
    await rm(await kept());
    const { setup, schema } = parts;
    const database = await databaseAccess(parts);
    const seen = await signerView(parts, { signer: setup.signer, schema, database });
    expect(await keepProtection(parts, { signer: setup.signer, schema, database, seen })).toBe(true);
    const { genesisValidatorsRoot } = parts.bundle.identity;
    const { histories } = await readInterchanges([await kept()], { genesisValidatorsRoot });
    expect([...histories.keys()]).toEqual([pubkey]);
    await stop(handle);
    await rm((await parts.env.store.signerDatabase()).data, { recursive: true });
    const again = await start();
    expect(await remembered()).toBe(1);
    await stop(again);
  });

  it('goes to and from validator clients that have none of their own', { timeout: 60_000 }, async () => {
    const { env, bundle } = parts;
    const { genesisValidatorsRoot } = bundle.identity;
    const carry = {
      setup: parts.setup,
      env,
      validatorClient: async () => parts.vero,
      consensusProgram: async () => parts.setup.consensus.program,
    };
    const blocks = async (store: { readonly client: string; readonly number: number }) => {
      const stores = [{ genesisValidatorsRoot, ...store }];
      const { histories } = await exportStores(carry, { bundle, stores });
      return [...histories.values()].flatMap((history) => history.blocks.map(({ slot }) => Number(slot)));
    };
    const open = (store: { readonly client: string; readonly number: number }) =>
      env.store.openProtection({ genesisValidatorsRoot, ...store }, (earlier, intoPath) =>
        carryProtection(carry, { bundle, store: { genesisValidatorsRoot, ...store }, earlier, intoPath }),
      );
    const first = { client: 'vero', number: 1 };
    await open(first);
    await write(80);
    await start();
    expect(await blocks(first)).toEqual([80]);
    const before = await remembered();
    const given = signed(81, genesisValidatorsRoot);
    await env.store.openProtection(
      { genesisValidatorsRoot, client: 'given', number: 2 },
      (_earlier, intoPath) => writeFile(join(intoPath, 'carried-over.json'), given),
    );
    await open({ client: 'vero', number: 3 });
    expect(await env.runtime.recover('home.signer')).toBeUndefined();
    const again = await start();
    expect(await remembered()).toBe(before + 1);
    expect(await blocks(first)).toEqual(expect.arrayContaining([80, 81]));
    await stop(again);
  });

  it('is never that of another network', { timeout: 60_000 }, async () => {
    await write(79, `0x${'99'.repeat(32)}`);
    await expect(start()).rejects.toMatchObject({ code: expect.stringMatching(/^EPH-INTERCHANGE-/) });
    await stopDatabase(parts);
    await writeInterchange(await kept(), { ...parts.bundle.identity, histories: new Map() });
  });
});
