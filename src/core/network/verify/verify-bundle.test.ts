import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { syntheticRelease } from '../../../../test/support/synthetic-release.ts';
import { bundleFiles } from '../bundle.ts';
import type { NetworkIdentity } from '../identity.ts';
import { publicNetwork } from '../public-network.ts';
import type { ReleaseExpectation } from './expectation.ts';
import { verifyBundle } from './verify-bundle.ts';

const iteration = 167;
const expected: ReleaseExpectation = { definition: publicNetwork, iteration };
const parseYaml = (text: string) => parse(text, { schema: 'failsafe' });
const options = { directory: '/releases/167', parseYaml };

type Files = Map<string, Uint8Array>;

function codesOf(files: Files, expectation = expected): string[] {
  return verifyBundle(files, expectation, options).findings.map(({ code }) => code);
}

/** A copy with `from` replaced by `to` wherever it stands in these text files. */
function edited(files: Files, paths: readonly string[], from: string | RegExp, to: string): Files {
  const copy = new Map(files);
  for (const path of paths) {
    const text = new TextDecoder().decode(files.get(path));
    expect(text, path).toMatch(from);
    copy.set(path, new TextEncoder().encode(text.replaceAll(new RegExp(from, 'g'), to)));
  }
  return copy;
}

function withStateBytes(files: Files, offset: number, hex: string): Files {
  const bytes = Buffer.from(files.get(bundleFiles.consensusGenesis) ?? []);
  Buffer.from(hex, 'hex').copy(bytes, offset);
  return new Map(files).set(bundleFiles.consensusGenesis, bytes);
}

const good = syntheticRelease({ iteration });

function withChainspec(params: object): Files {
  return new Map(good).set(bundleFiles.nethermindChainspec, Buffer.from(JSON.stringify({ params })));
}
const { retention, nodeVariables, consensusConfig, executionGenesis, consensusGenesis } = bundleFiles;

describe('a consistent release', () => {
  const verified = verifyBundle(good, expected, { ...options, archiveSha256: 'ab' });

  it('becomes a bundle without findings', () => {
    expect(verified.findings).toEqual([]);
    expect(verified.rejected).toBe(false);
    expect(verified.bundle).toMatchObject({
      tag: 'ephemery-167',
      startSeconds: 1_797_534_000,
      periodSeconds: 2_419_200,
      genesisDelaySeconds: 600,
      highestFork: 'fulu',
      depositContractAddress: '0x00000000219ab540356cbb839cbe05303d7705fa',
      directory: '/releases/167',
      archiveSha256: 'ab',
    });
    expect(verified.bundle?.identity).toMatchObject({
      iteration: 167,
      chainId: 39_438_167,
      genesisTimeSeconds: 1_797_534_600,
    });
    expect(verified.bundle?.enodes).toHaveLength(1);
    expect(verified.bundle?.bootstrapEnrs).toHaveLength(1);
  });

  it('may lack besu.json and chainspec.json, and may have them', () => {
    const besu = { config: { chainId: 39_438_167 }, timestamp: '0x6b243130' };
    const chainspec = { params: { chainID: '0x259c757', networkID: '0x259c757' } };
    const files = new Map(good);
    files.set(bundleFiles.besuGenesis, Buffer.from(JSON.stringify(besu)));
    files.set(bundleFiles.nethermindChainspec, Buffer.from(JSON.stringify(chainspec)));
    expect(codesOf(files)).toEqual([]);
    besu.config.chainId = 1;
    files.set(bundleFiles.besuGenesis, Buffer.from(JSON.stringify(besu)));
    expect(codesOf(files)).toEqual(['EPH-RELEASE-CHAIN-ID']);
  });

  it('passes unknown config keys through, and tells of unknown forks', () => {
    const added = edited(
      good,
      [consensusConfig],
      'CONFIG_NAME: testnet',
      'NEW_KEY: [1]\nHEZE_FORK_EPOCH: 9\nCONFIG_NAME: x',
    );
    const result = verifyBundle(added, expected, options);
    expect(result.findings.map(({ code }) => code)).toEqual(['EPH-RELEASE-UNKNOWN-FORK']);
    expect(result.bundle?.highestFork).toBe('fulu');
  });

  it('takes the highest scheduled fork, not the last named', () => {
    const gloas = edited(
      good,
      [consensusConfig],
      'GLOAS_FORK_EPOCH: 18446744073709551615',
      'GLOAS_FORK_EPOCH: 40',
    );
    expect(verifyBundle(gloas, expected, options).bundle?.highestFork).toBe('gloas');
  });
});

describe('a damaged or wrong release', () => {
  const required = [
    retention,
    nodeVariables,
    consensusConfig,
    executionGenesis,
    consensusGenesis,
    bundleFiles.validatorsRoot,
  ];

  it.each(required)('is refused without %s, and with it empty', (path) => {
    const without = new Map(good);
    without.delete(path);
    expect(codesOf(without)).toContain('EPH-RELEASE-FILE-MISSING');
    expect(verifyBundle(without, expected, options).bundle).toBeUndefined();
    expect(codesOf(new Map(good).set(path, new Uint8Array()))).toContain('EPH-RELEASE-FILE-MISSING');
  });

  it.each(required.filter((path) => path !== bundleFiles.validatorsRoot))(
    'is refused when %s is no such file',
    (path) => {
      const files = new Map(good).set(path, Buffer.from('<html>rate limited $(id)</html>'));
      const result = verifyBundle(files, expected, options);
      expect(result.findings.map(({ code }) => code)).toContain('EPH-RELEASE-FILE-UNREADABLE');
      expect(result.bundle).toBeUndefined();
      expect(result.rejected).toBe(true);
    },
  );

  const cases: readonly [string, string, Files][] = [
    [
      'iteration in retention.vars',
      'EPH-RELEASE-ITERATION',
      edited(good, [retention], 'NUMBER="167"', 'NUMBER="166"'),
    ],
    [
      'iteration in nodevars_env.txt',
      'EPH-RELEASE-ITERATION',
      edited(good, [nodeVariables], 'NUMBER="167"', 'NUMBER="168"'),
    ],
    ['tag', 'EPH-RELEASE-TAG', edited(good, [retention], 'ephemery-167', 'ephemery-168')],
    ['chain id in retention.vars', 'EPH-RELEASE-CHAIN-ID', edited(good, [retention], '39438167', '39438166')],
    [
      'chain id in nodevars_env.txt',
      'EPH-RELEASE-CHAIN-ID',
      edited(good, [nodeVariables], '39438167', '39438166'),
    ],
    [
      'deposit chain id',
      'EPH-RELEASE-CHAIN-ID',
      edited(good, [consensusConfig], 'DEPOSIT_CHAIN_ID: 39438167', 'DEPOSIT_CHAIN_ID: 1'),
    ],
    ['chain id in genesis.json', 'EPH-RELEASE-CHAIN-ID', edited(good, [executionGenesis], '39438167', '1')],
    [
      'deposit network id',
      'EPH-RELEASE-CHAIN-ID',
      edited(good, [consensusConfig], 'DEPOSIT_NETWORK_ID: 39438167', 'DEPOSIT_NETWORK_ID: 1'),
    ],
    [
      'chain id in chainspec.json',
      'EPH-RELEASE-CHAIN-ID',
      withChainspec({ chainID: '0x1', networkID: '0x259c757' }),
    ],
    [
      'network id in chainspec.json',
      'EPH-RELEASE-CHAIN-ID',
      withChainspec({ chainID: '0x259c757', networkID: '0x1' }),
    ],
    [
      'start in retention.vars',
      'EPH-RELEASE-START-TIME',
      edited(good, [retention], '1797534000', '1797534001'),
    ],
    [
      'MIN_GENESIS_TIME',
      'EPH-RELEASE-START-TIME',
      edited(good, [consensusConfig], '1797534000', '1797534600'),
    ],
    [
      'timestamp in genesis.json',
      'EPH-RELEASE-START-TIME',
      edited(good, [executionGenesis], '0x6b243130', '0x6b243131'),
    ],
    [
      'timestamp in besu.json',
      'EPH-RELEASE-START-TIME',
      new Map(good).set(
        bundleFiles.besuGenesis,
        Buffer.from(JSON.stringify({ config: { chainId: 39_438_167 }, timestamp: '0x6b243131' })),
      ),
    ],
    ['reset period', 'EPH-RELEASE-INTERVAL', edited(good, [consensusConfig], '2419200', '604800')],
    ['GENESIS_TIME', 'EPH-RELEASE-GENESIS-TIME', edited(good, [nodeVariables], '1797534600', '1797534300')],
    ['genesis_time of the state', 'EPH-RELEASE-GENESIS-TIME', withStateBytes(good, 0, '00')],
    ['slot of the state', 'EPH-RELEASE-GENESIS-SLOT', withStateBytes(good, 40, '01')],
    ['previous fork version of the state', 'EPH-RELEASE-STATE-FORK', withStateBytes(good, 48, 'deadbeef')],
    ['fork version of the state', 'EPH-RELEASE-STATE-FORK', withStateBytes(good, 52, '6000101b')],
    ['fork epoch of the state', 'EPH-RELEASE-STATE-FORK', withStateBytes(good, 56, '01')],
    [
      'genesis fork version',
      'EPH-RELEASE-FORK-VERSION',
      edited(good, [consensusConfig], '0x1000101b', '0x00000000'),
    ],
    [
      'fork version out of pattern',
      'EPH-RELEASE-FORK-VERSION',
      edited(good, [consensusConfig], '0x3000101b', '0x30001010'),
    ],
    [
      'fork version twice',
      'EPH-RELEASE-FORK-VERSION',
      edited(good, [consensusConfig], '0x3000101b', '0x2000101b'),
    ],
    [
      'fork without a version',
      'EPH-RELEASE-FIELD-MISSING',
      edited(good, [consensusConfig], 'DENEB_FORK_VERSION: 0x5000101b', 'X: 1'),
    ],
    [
      'GENESIS_VALROOT',
      'EPH-RELEASE-VALIDATORS-ROOT',
      edited(good, [nodeVariables], /VALROOT="0x[0-9a-f]{4}/, 'VALROOT="0x0000'),
    ],
    [
      'genesis_validators_root.txt',
      'EPH-RELEASE-VALIDATORS-ROOT',
      new Map(good).set(bundleFiles.validatorsRoot, Buffer.from('00'.repeat(32))),
    ],
    ['one validator', 'EPH-RELEASE-VALIDATORS-ROOT-COMPUTED', withStateBytes(good, 2_736_653 + 130, 'ff')],
    [
      'GENESIS_BLOCK',
      'EPH-RELEASE-EXECUTION-HASH',
      edited(good, [nodeVariables], 'BLOCK="0xe1e1', 'BLOCK="0xe1e2'),
    ],
    [
      'deposit_contract_block_hash.txt',
      'EPH-RELEASE-EXECUTION-HASH',
      new Map(good).set(bundleFiles.depositContractBlockHash, Buffer.from(`0x${'99'.repeat(32)}`)),
    ],
    ['block hash of the state', 'EPH-RELEASE-EXECUTION-HASH', withStateBytes(good, 524_508, 'ff')],
    [
      'deposit contract',
      'EPH-RELEASE-DEPOSIT-CONTRACT',
      new Map(good).set(bundleFiles.depositContract, Buffer.from(`0x${'42'.repeat(20)}`)),
    ],
    ['preset', 'EPH-RELEASE-PRESET', edited(good, [consensusConfig], "'mainnet'", 'minimal')],
    ['validators beyond the file', 'EPH-RELEASE-FILE-UNREADABLE', withStateBytes(good, 524_556, 'ffffff7f')],
    ['part of a validator', 'EPH-RELEASE-FILE-UNREADABLE', withStateBytes(good, 524_552, 'ce')],
  ];

  it.each(cases)('is refused for a wrong %s: %s', (_, code, files) => {
    const result = verifyBundle(files, expected, options);
    expect(result.findings.map((finding) => finding.code)).toEqual([code]);
    expect(result.bundle).toBeUndefined();
    expect(result.rejected).toBe(true);
    expect(result.findings[0]?.subject).toEqual({ network: 'ephemery' });
    // The same is said of a folder or archive, of which there is no next source.
    expect(result.findings[0]?.remedy).not.toMatch(/^(?!.*A fetch).*next source/);
  });

  it('is refused when wrong contents come under the right tag, and that is no schedule change', () => {
    const codes = codesOf(syntheticRelease({ iteration: 166 }));
    expect(codes).toContain('EPH-RELEASE-ITERATION');
    expect(codes).toContain('EPH-RELEASE-TAG');
    expect(codes).toContain('EPH-RELEASE-CHAIN-ID');
    expect(codes).not.toContain('EPH-RELEASE-SCHEDULE-CHANGED');
  });

  it('is refused when the validators root is that of the iteration before', () => {
    const root = verifyBundle(good, expected, options).bundle?.identity.genesisValidatorsRoot ?? '';
    const result = verifyBundle(
      good,
      { ...expected, previousValidatorsRoot: root.toUpperCase().replace('X', 'x') },
      options,
    );
    expect(result.findings.map(({ code }) => code)).toEqual(['EPH-RELEASE-VALIDATORS-ROOT-REUSED']);
    expect(result.bundle).toBeUndefined();
  });
});

describe('the execution block of genesis.json', () => {
  const stated = new TextDecoder().decode(good.get(bundleFiles.depositContractBlockHash)).trim();
  const verifiedWith = (hash: string | undefined) =>
    verifyBundle(good, expected, { ...options, executionHashOf: () => hash });

  it('is refused when it is another than the files say', () => {
    const result = verifiedWith(`0x${'99'.repeat(32)}`);
    expect(result.findings.map(({ code }) => code)).toEqual(['EPH-RELEASE-EXECUTION-HASH-COMPUTED']);
    expect(result.findings[0]?.facts).toMatchObject({ file: executionGenesis, expected: stated });
    expect(result.rejected).toBe(true);
  });

  it('is accepted when it is the same, and when it cannot be computed', () => {
    expect(verifiedWith(stated).findings).toEqual([]);
    expect(verifiedWith(undefined).bundle).toBeDefined();
  });
});

describe('what needs consent', () => {
  const changes: readonly [string, Partial<typeof publicNetwork>][] = [
    ['interval', { periodSeconds: 604_800, baseTimeSeconds: 1_797_534_000 - 167 * 604_800 }],
    ['delay', { genesisDelaySeconds: 300 }],
    ['base time', { baseTimeSeconds: publicNetwork.baseTimeSeconds + 3_600 }],
  ];

  it.each(changes)(
    'a release whose %s changed throughout is held until consent, then accepted',
    (_, change) => {
      const files = syntheticRelease({ iteration, definition: { ...publicNetwork, ...change } });
      const asked = verifyBundle(files, expected, options);
      expect(asked.findings.map(({ code }) => code)).toEqual(['EPH-RELEASE-SCHEDULE-CHANGED']);
      expect(asked).toMatchObject({ rejected: false, needsConsent: ['schedule-change'] });
      expect(asked.bundle).toBeUndefined();
      const given = verifyBundle(files, { ...expected, consents: ['schedule-change'] }, options);
      expect(given.needsConsent).toEqual([]);
      expect(given.bundle).toBeDefined();
    },
  );

  it('a genesis released again with another root is held until consent, then accepted', () => {
    const known = verifyBundle(good, expected, options).bundle?.identity as NetworkIdentity;
    expect(verifyBundle(good, { ...expected, knownIdentity: known }, options).bundle).toBeDefined();
    const files = syntheticRelease({ iteration, salt: 1 });
    const asked = verifyBundle(files, { ...expected, knownIdentity: known }, options);
    expect(asked.findings.map(({ code }) => code)).toEqual(['EPH-RELEASE-REISSUED']);
    expect(asked).toMatchObject({ rejected: false, needsConsent: ['reissued-genesis'] });
    expect(asked.bundle).toBeUndefined();
    const consents = ['reissued-genesis'] as const;
    const given = verifyBundle(files, { ...expected, knownIdentity: known, consents }, options);
    expect(given.bundle?.identity.genesisValidatorsRoot).not.toBe(known.genesisValidatorsRoot);
  });

  it('consent does not help a release that is damaged as well', () => {
    const files = edited(good, [consensusConfig], 'GENESIS_DELAY: 600', 'GENESIS_DELAY: 300');
    const result = verifyBundle(files, { ...expected, consents: ['schedule-change'] }, options);
    expect(result.rejected).toBe(true);
    expect(result.bundle).toBeUndefined();
  });
});

describe('what is told only', () => {
  const told: readonly [string, string, Files][] = [
    [
      'a fork that the layers have at different times',
      'EPH-RELEASE-FORK-TIME',
      edited(good, [executionGenesis], '"osakaTime":0', '"osakaTime":1900000000'),
    ],
    [
      'a fork that the execution layer lacks',
      'EPH-RELEASE-FORK-TIME',
      edited(good, [executionGenesis], '"osakaTime":0', '"x":0'),
    ],
    [
      'a bootnode that would be a flag',
      'EPH-RELEASE-BOOTNODES',
      edited(good, [bundleFiles.enodes], 'enode:', '--evil\nenode:'),
    ],
  ];

  it.each(told)('%s', (_, code, files) => {
    const result = verifyBundle(files, expected, options);
    expect(result.findings.map((finding) => finding.code)).toEqual([code]);
    expect(result.bundle).toBeDefined();
    expect(result.bundle?.enodes).toHaveLength(1);
  });

  it('validator 0 without the iteration', () => {
    const result = verifyBundle(syntheticRelease({ iteration, seed: 1 }), expected, options);
    expect(result.findings.map(({ code }) => code)).toEqual(['EPH-RELEASE-SEED-VALIDATOR']);
    expect(result.bundle).toBeDefined();
  });
});
