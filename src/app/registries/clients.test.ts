import { describe, expect, it } from 'vitest';
import { refuseManagedFlags, refuseManagedVariables } from '../../core/clients/managed-flags.ts';
import { clients } from './clients.ts';

describe('checksums of published archives', () => {
  const given = clients.flatMap(({ id, layer, artifacts }) =>
    artifacts.flatMap((choice) => {
      const checksum = choice.kind === 'archive' ? choice.platforms['linux-x64']?.checksum : undefined;
      return checksum === undefined ? [] : [[`${layer}/${id}`, checksum.url] as const];
    }),
  );

  // Source: the release workflows of the projects. Others sign with OpenPGP, or publish none in a file of its own.
  it('are taken where a publisher has them in a file', () => {
    expect(Object.fromEntries(given)).toEqual({
      'execution/besu':
        'https://github.com/besu-eth/besu/releases/download/{version}/besu-{version}.tar.gz.sha256',
      'execution/erigon':
        'https://github.com/erigontech/erigon/releases/download/v{version}/erigon_v{version}_checksums.txt',
      'consensus/caplin': expect.stringMatching(/\/erigon_v\{version\}_checksums\.txt$/),
      'consensus/prysm': expect.stringMatching(/\/beacon-chain-v\{version\}-linux-amd64\.sha256$/),
      'validator/prysm': expect.stringMatching(/\/validator-v\{version\}-linux-amd64\.sha256$/),
      'consensus/teku': expect.stringMatching(/\/teku-\{version\}\.tar\.gz\.sha256$/),
      'validator/teku': expect.stringMatching(/\/teku-\{version\}\.tar\.gz\.sha256$/),
      'signer/web3signer': expect.stringMatching(/\/web3signer-\{version\}\.tar\.gz\.sha256$/),
    });
  });
});

describe('programs that a client needs of the host', () => {
  it('are named as they are on a PATH, and in words for people', () => {
    const needs = clients.flatMap(({ artifacts }) =>
      artifacts.flatMap((choice) => (choice.kind === 'archive' ? (choice.needs ?? []) : [])),
    );
    expect(needs.length).toBeGreaterThan(0);
    for (const { program, words } of needs) {
      expect(program).toMatch(/^[\w.+-]+$/);
      expect(words).toMatch(/^[A-Z].* /);
    }
  });
});

describe('files of settings, in which anything that we set could be set otherwise', () => {
  it.each([
    ['execution geth', '--config=mine.toml'],
    ['execution nethermind', '--config=mine'],
    ['execution besu', '--config-file=mine.toml'],
    ['execution erigon', '--config=mine.yaml'],
    ['execution nimbus-eth1', '--config-file=mine.toml'],
    ['consensus lodestar', '--rcConfig=mine.yml'],
    ['consensus nimbus', '--config-file=mine.toml'],
    ['consensus prysm', '--config-file=mine.yml'],
    ['consensus teku', '--config-file=mine.yml'],
    ['consensus grandine', '--configuration-file=mine'],
    ['validator prysm', '--config-file=mine.yml'],
    ['validator teku', '--config-file=mine.yml'],
    ['signer web3signer', '--config-file=mine.yml'],
  ])('are refused for %s', (id, argument) => {
    const client = clients.find((each) => `${each.layer} ${each.id}` === id);
    if (client === undefined) throw new Error(id);
    expect(() => refuseManagedFlags(client, [argument])).toThrow(
      expect.objectContaining({ code: 'EPH-CLIENT-MANAGED-FLAG' }),
    );
  });
});

describe('variables of the environment that stand for managed flags', () => {
  const byId = new Map(clients.map((client) => [`${client.layer} ${client.id}`, client]));
  const refusing = (id: string, variable: string) => () => {
    const client = byId.get(id);
    if (client === undefined) throw new Error(id);
    refuseManagedVariables(client, [variable]);
  };

  it.each([
    ['execution geth', 'GETH_DATADIR', '--datadir'],
    ['execution geth', 'GETH_HTTP_PORT', '--http.port'],
    ['execution geth', 'GETH_AUTHRPC_JWTSECRET', '--authrpc.jwtsecret'],
    ['execution nethermind', 'NETHERMIND_JSONRPCCONFIG_ENGINEPORT', '--JsonRpc.EnginePort'],
    ['execution nethermind', 'NETHERMIND_CONFIG', '--config'],
    ['execution nethermind', 'NETHERMIND_DATADIR', '--datadir'],
    ['execution besu', 'BESU_CONFIG_FILE', '--config-file'],
    ['execution besu', 'BESU_ENGINE_JWT_DISABLED', '--engine-jwt-disabled'],
    ['execution ethrex', 'ETHREX_P2P_PORT', '--p2p.port'],
    ['execution ethrex', 'ETHREX_P2P_NAT_EXTIP', '--nat.extip'],
    ['consensus lodestar', 'LODESTAR_REST_PORT', '--rest.port'],
    ['consensus lodestar', 'LODESTAR_REST__PORT', '--rest.port'],
    ['validator lodestar', 'LODESTAR_DATA_DIR', '--dataDir'],
    ['consensus teku', 'TEKU_REST_API_PORT', '--rest-api-port'],
    ['validator teku', 'TEKU_VALIDATOR_KEYS', '--validator-keys'],
    ['signer web3signer', 'WEB3SIGNER_HTTP_LISTEN_PORT', '--http-listen-port'],
    ['signer web3signer', 'WEB3SIGNER_ETH2_SLASHING_PROTECTION_ENABLED', '--slashing-protection-enabled'],
  ])('refuses for %s %s, which is %s', (id, variable, flag) => {
    expect(refusing(id, variable)).toThrow(
      expect.objectContaining({
        code: 'EPH-CLIENT-MANAGED-VARIABLE',
        facts: expect.objectContaining({ variable, flag }),
      }),
    );
  });

  it.each([
    ['execution geth', 'GETH_CACHE'],
    ['execution geth', 'DATADIR'],
    ['execution nethermind', 'NETHERMIND_SYNCCONFIG_FASTSYNC'],
    ['execution besu', 'BESU_OPTS'],
    ['execution reth', 'RETH_DATADIR'],
    ['consensus lighthouse', 'RUST_LOG'],
    ['consensus teku', 'JAVA_OPTS'],
    ['signer web3signer', 'WEB3SIGNER_LOGGING'],
  ])('lets %s have %s', (id, variable) => {
    expect(refusing(id, variable)).not.toThrow();
  });
});

describe('clients inside the program of another', () => {
  const inside = clients.filter(({ hostedBy }) => hostedBy !== undefined);

  it('are there', () => {
    expect(inside.map(({ id, layer }) => `${layer} ${id}`)).toEqual([
      'consensus caplin-embedded',
      'validator grandine',
    ]);
  });

  it.each(inside)('$id has what it runs in, and nothing that only a program has', (client) => {
    const around = client.layer === 'validator' ? 'consensus' : 'execution';
    const host = clients.find(({ layer, id }) => layer === around && id === client.hostedBy);
    expect(host?.defaultVersion).toBe(client.defaultVersion);
    expect([...client.artifacts, ...client.identityFiles]).toEqual([]);
    expect([client.files, client.metrics, client.refusesRoot]).toEqual([undefined, undefined, undefined]);
    const api = client.layer === 'validator' ? client.keymanager?.port : 'api';
    expect(client.ports.some(({ name }) => name === api)).toBe(true);
    if (client.layer === 'validator') return;
    // One command line: neither sets a flag of the other.
    const flags = [...client.managedFlags, ...(host?.managedFlags ?? [])];
    expect(new Set(flags).size).toBe(flags.length);
  });

  it('sign nothing that they are not told of: no flag gives Grandine a key', () => {
    const grandine = clients.filter(({ id }) => id === 'grandine');
    for (const flag of ['--keystore-dir=x', '--keystore-storage-password-file=x', '--web3signer-urls=x'])
      for (const client of grandine) expect(() => refuseManagedFlags(client, [flag])).toThrow();
  });
});
