import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bundleFiles } from '../core/network/bundle.ts';
import type { ForkName } from '../core/network/forks.ts';
import { validatorsRoot } from '../core/network/validators-root.ts';
import { type BuildReleaseOptions, type BuiltRelease, buildRelease } from './build-release.ts';
import type { GenesisInputs } from './inputs.ts';
import { readInputs } from './read-inputs.ts';

const fixture = join(import.meta.dirname, '../../test/fixtures/genesis-inputs');
const inputs = await readInputs(fixture);

interface ExpectedGenesis {
  readonly validatorsRoot: string;
  readonly executionHash: string;
  readonly stateRoot: string;
  readonly stateSha256: string;
}

const expected: { iteration: number; forks: Record<string, ExpectedGenesis> } = JSON.parse(
  readFileSync(join(fixture, 'expected.json'), 'utf8'),
);

function build(options: Partial<BuildReleaseOptions> = {}): Promise<BuiltRelease> {
  return buildRelease({ inputs, iteration: expected.iteration, archives: false, ...options });
}

function contentOf(release: BuiltRelease, path: string): Uint8Array {
  return release.files.get(path) ?? new Uint8Array();
}

function textOf(release: BuiltRelease, path: string): string {
  return new TextDecoder().decode(contentOf(release, path));
}

function withText(
  file: keyof GenesisInputs & ('values' | 'consensusTemplate' | 'executionTemplate'),
  change: (text: string) => string,
): GenesisInputs {
  return { ...inputs, [file]: { ...inputs[file], text: change(inputs[file].text) } };
}

describe('the genesis that the public generator makes of the same inputs', () => {
  it.each(Object.entries(expected.forks))('is made for %s', async (fork, figures) => {
    const release = await build({ lastFork: fork as ForkName });
    expect(release.genesisFork).toBe(fork);
    expect(release.highestFork).toBe(fork);
    const state = contentOf(release, bundleFiles.consensusGenesis);
    expect({
      validatorsRoot: release.identity.genesisValidatorsRoot,
      executionHash: release.identity.executionGenesisHash,
      stateRoot: release.consensusStateRoot(),
      stateSha256: createHash('sha256').update(state).digest('hex'),
    }).toEqual(figures);
  });
});

describe('the published files', () => {
  it('are those of network-config.tar.gz, none of them empty', async () => {
    const release = await build();
    const { besuGenesis: _besu, nethermindChainspec: _nethermind, ...published } = bundleFiles;
    expect([...release.files.keys()].sort()).toEqual(
      [...Object.values(published), 'parsed/parsedConsensusGenesis.json'].sort(),
    );
    expect([...release.files].filter(([, content]) => content.length === 0)).toEqual([]);
  });

  it('say the same of the iteration', async () => {
    const release = await build({ tagPrefix: 'made-up-' });
    expect(release).toMatchObject({
      tag: 'made-up-42',
      startSeconds: 1_750_172_800,
      periodSeconds: 86_400,
      identity: { iteration: 42, chainId: 7_000_042, genesisTimeSeconds: 1_750_173_100 },
    });
    expect(textOf(release, bundleFiles.retention)).toBe(
      'export ITERATION_NUMBER="42"\nexport ITERATION_RELEASE="made-up-42"\nexport GENESIS_TIMESTAMP="1750172800"\nexport GENESIS_RESET_INTERVAL="86400"\nexport CHAIN_ID="7000042"\n',
    );
    const variables = textOf(release, bundleFiles.nodeVariables);
    expect(variables).toContain('GENESIS_TIME="1750173100"\n');
    expect(variables).toContain(`GENESIS_VALROOT="${release.identity.genesisValidatorsRoot}"\n`);
    expect(variables).toContain(`GENESIS_BLOCK="${release.identity.executionGenesisHash}"\n`);
    expect(variables).toMatch(/^BOOTNODE_ENODE_LIST="enode:\/\/[^,]+,enode:\/\/[^,]+"$/m);
  });

  it('publish the node records that are written out and no others', async () => {
    const release = await build();
    const records = textOf(release, bundleFiles.bootstrapNodes);
    expect(records).toMatch(/^enr:\S+\n$/);
    expect(textOf(release, bundleFiles.bootstrapNodesYaml)).toBe(`- ${records}`);
  });

  it('name the validators by ranges of indices, validator 0 being the seed', async () => {
    expect(textOf(await build(), bundleFiles.validatorNames)).toBe(
      '0: "gvr_seed"\n1-48: "alpha-node1"\n49-72: "beta.example-node1"\n73-84: "gamma-node1"\n',
    );
  });

  it('hold the parsed state in the form of the Beacon API', async () => {
    const release = await build();
    const { ssz } = await import('@lodestar/types');
    const state = ssz.fulu.BeaconState.deserialize(contentOf(release, bundleFiles.consensusGenesis));
    expect(JSON.parse(textOf(release, 'parsed/parsedConsensusGenesis.json'))).toEqual(
      ssz.fulu.BeaconState.toJson(state),
    );
    const validators = ssz.phase0.Validators.serialize(state.validators);
    expect(validatorsRoot(validators)).toBe(release.identity.genesisValidatorsRoot);
    const seed = Buffer.from(state.validators[0]?.withdrawalCredentials ?? []).toString('hex');
    expect(seed).toBe(`01${'0'.repeat(60)}2a`);
  });
});

describe('config.yaml', () => {
  it('has the schedule of values.env instead of its own, without entries that never come into force', async () => {
    const text = textOf(await build(), bundleFiles.consensusConfig);
    expect(text).toContain('\n# 2025-Jun-17 03:06:40 PM UTC\n');
    expect(text).toContain('\nSECONDS_PER_SLOT: 12\n');
    expect(text.slice(text.indexOf('BLOB_SCHEDULE:'))).toBe(
      'BLOB_SCHEDULE:\n  - EPOCH: 10\n    MAX_BLOBS_PER_BLOCK: 12\n  - EPOCH: 20\n    MAX_BLOBS_PER_BLOCK: 21\n',
    );
  });

  it('puts forks after the last one out of reach, also where the template has the epoch itself', async () => {
    const text = textOf(await build({ lastFork: 'deneb' }), bundleFiles.consensusConfig);
    expect(text).toContain('\nDENEB_FORK_EPOCH: 0\n');
    expect(text).toContain('\nELECTRA_FORK_EPOCH: 18446744073709551615\n');
    expect(text).toContain('\nFULU_FORK_EPOCH: 18446744073709551615\n');
    expect(text).toContain('\nBLOB_SCHEDULE: []\n');
  });
});

describe('genesis.json', () => {
  it('has fork times and blob parameters by epoch, and the system contracts', async () => {
    const { config, alloc } = JSON.parse(textOf(await build(), bundleFiles.executionGenesis));
    expect(config).toMatchObject({
      chainId: 7_000_042,
      osakaTime: 0,
      bpo1Time: 1_750_173_100 + 10 * 384,
      bpo3Time: 1_750_173_100 + 20 * 384,
      blobSchedule: {
        prague: { target: 6, max: 9, baseFeeUpdateFraction: 5_007_716 },
        bpo2: { target: 10, max: 15, baseFeeUpdateFraction: 8_346_193 },
        bpo3: { target: 14, max: 21, baseFeeUpdateFraction: 11_684_671 },
      },
    });
    expect(Object.keys(alloc)).toEqual(
      expect.arrayContaining([
        `0x${'0'.repeat(38)}ff`,
        '0x00000000219ab540356cbb839cbe05303d7705fa',
        '0x000f3df6d732807ef1319fb7b8bb8522d0beac02',
        '0x0000f90827f1c53a10cb7a02335b175320002935',
        '0x00000961ef480eb55e80d19ad83579a64c007002',
        '0x0000bbddc7ce488642fb579f8b00f3a590007251',
        '0x1ea692e68a7765de26fc03a6d74ee5b56a7e2b4d',
      ]),
    );
    expect(alloc[`0x${'0'.repeat(38)}fe`]).toEqual({ balance: '5' });
  });

  it('has no contracts of forks that are not scheduled', async () => {
    const { alloc } = JSON.parse(textOf(await build({ lastFork: 'capella' }), bundleFiles.executionGenesis));
    expect(Object.keys(alloc)).not.toContain('0x000f3df6d732807ef1319fb7b8bb8522d0beac02');
    expect(Object.keys(alloc)).not.toContain('0x0000f90827f1c53a10cb7a02335b175320002935');
  });
});

describe('archives', () => {
  it('have the same bytes each time, and both layouts', async () => {
    const [first, second] = [await build({ archives: true }), await build({ archives: true })];
    expect([...first.archives.keys()]).toEqual(['network-config.tar.gz', 'testnet-all.tar.gz']);
    expect(first.archives).toEqual(second.archives);
    const legacy = gunzipSync(first.archives.get('testnet-all.tar.gz') ?? new Uint8Array()).toString(
      'latin1',
    );
    for (const name of [
      'boot_enode.txt',
      'bootnode.txt',
      'boot_enr.txt',
      'boot_enr.yaml',
      'deploy_block.txt',
      'parsedBeaconState.json',
      'validator-names.yaml',
      'retention.vars',
    ])
      expect(legacy).toContain(`${name}\0`);
  });
});

describe('building', () => {
  it('tells its steps and stops between them', async () => {
    const steps: string[] = [];
    const stop = new AbortController();
    const onProgress = (step: string) => {
      steps.push(step);
      if (step === 'execution') stop.abort(new Error('enough'));
    };
    await expect(build({ onProgress, signal: stop.signal })).rejects.toThrow('enough');
    expect(steps).toEqual(['inputs', 'execution']);
  });

  it.each([
    ['EPH-GENESIS-VARIABLE-UNKNOWN', withText('consensusTemplate', (text) => `${text}X: $NOBODY\n`)],
    ['EPH-GENESIS-VALUE', withText('values', (text) => text.replace('"7000040"', '"seven"'))],
    [
      'EPH-GENESIS-VALUE',
      withText('values', (text) => text.replace(/.*CHAIN_ID.*\n/, '').replace(/$/, '\nCHAIN_ID=-1')),
    ],
    ['EPH-NETWORK-VARIABLES-SYNTAX', withText('values', (text) => `${text}export X=$(id)\n`)],
    ['EPH-GENESIS-CONFIG', withText('consensusTemplate', (text) => text.replace('$PRESET_BASE', 'minimal'))],
    [
      'EPH-GENESIS-CONFIG',
      withText('consensusTemplate', (text) => text.replace('FULU_FORK_EPOCH: 0', 'FULU_FORK_EPOCH: 7')),
    ],
    [
      'EPH-GENESIS-CONFIG',
      withText('consensusTemplate', (text) => text.replace('$GENESIS_FORK_VERSION', '0x12')),
    ],
    ['EPH-GENESIS-CONFIG', withText('consensusTemplate', () => '[')],
    ['EPH-GENESIS-PREMINE', withText('executionTemplate', (text) => text.replace('12 ETH', 'twelve'))],
    [
      'EPH-GENESIS-PREMINE',
      withText('executionTemplate', (text) =>
        text.replace('el_premine: {}', 'el_premine: {"m/44\'/60\'": 1ETH}'),
      ),
    ],
    ['EPH-GENESIS-PREMINE', withText('executionTemplate', (text) => text.replace('0x57c3', '0xz7c3'))],
    ['EPH-GENESIS-NO-VALIDATORS', { ...inputs, validators: [] }],
  ])('refuses wrong inputs with %s', async (code, wrong) => {
    await expect(build({ inputs: wrong })).rejects.toMatchObject({ code });
  });

  it.each([
    ['$DEPOSIT_CONTRACT_ADDRESS', '0x12', 'DEPOSIT_CONTRACT_ADDRESS is 0x12, not 0x and 40 hex digits'],
    ['$DEPOSIT_CONTRACT_ADDRESS', `0x${'zz'.repeat(20)}`, 'neither a whole number nor 0x and hex digits'],
    ['$GENESIS_FORK_VERSION', '0x123', 'GENESIS_FORK_VERSION is 0x123, neither'],
    ['$EJECTION_BALANCE', 'many', 'EJECTION_BALANCE is many, neither'],
  ])('names file, line and remedy when %s is %s', async (variable, value, problem) => {
    const lines = inputs.consensusTemplate.text.split('\n');
    const line = lines.findIndex((each) => each.includes(variable)) + 1;
    expect(line).toBeGreaterThan(0);
    const wrong = withText('consensusTemplate', (text) => text.replace(variable, value));
    await expect(build({ inputs: wrong })).rejects.toMatchObject({
      code: 'EPH-GENESIS-CONFIG',
      message: expect.stringMatching(new RegExp(`^cl-config\\.yaml, line ${line}: .*${problem}`)),
      remedy: expect.stringContaining('cl-config.yaml'),
    });
  });

  it('refuses iterations and forks that the inputs do not reach', async () => {
    await expect(build({ iteration: -1 })).rejects.toMatchObject({ code: 'EPH-GENESIS-ITERATION' });
    await expect(build({ iteration: 1.5 })).rejects.toMatchObject({ code: 'EPH-GENESIS-ITERATION' });
    await expect(build({ lastFork: 'gloas' })).rejects.toMatchObject({
      code: 'EPH-GENESIS-FORK-NOT-SCHEDULED',
    });
    const gloas = withText('values', (text) => `${text}GLOAS_FORK_EPOCH=0\nGLOAS_FORK_VERSION=0x80000000\n`);
    const template = {
      ...inputs.consensusTemplate,
      text: `GLOAS_FORK_EPOCH: 0\nGLOAS_FORK_VERSION: 0x80000000\n${inputs.consensusTemplate.text}`,
    };
    await expect(build({ inputs: { ...gloas, consensusTemplate: template } })).rejects.toMatchObject({
      code: 'EPH-GENESIS-FORK-UNSUPPORTED',
    });
  });

  it('names file and line of a validator whose key is no point of the curve', async () => {
    const broken = inputs.validators.map((file) => ({
      ...file,
      text: file.text.replace(/^0x[0-9a-f]{96}/gm, (key) => `0x8${'0'.repeat(88)}${key.slice(-7)}`),
    }));
    await expect(build({ inputs: { ...inputs, validators: broken } })).rejects.toMatchObject({
      code: 'EPH-VALIDATORS-PUBKEY',
      facts: { file: expect.stringMatching(/^validators\//), line: expect.any(Number) },
    });
  });
});
