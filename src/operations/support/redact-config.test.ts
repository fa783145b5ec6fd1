import { describe, expect, it } from 'vitest';
import { redactedConfig, redactedRefusal, secretsOf } from './redact-config.ts';

const config = {
  version: 1,
  networks: { mine: { devnet: { seed: 'rain on the roof', validators: 64 } } },
  nodes: {
    home: {
      network: 'mine',
      execution: {
        client: 'geth',
        version: '1.17.6',
        ports: { rpc: 8545 },
        args: [
          '--verbosity=3',
          '--ethstats=me:hunter2@stats.example',
          '--http.api',
          'eth,net',
          'loose-token-1',
        ],
        env: { API_TOKEN: 'env-token-1', MODE: 'quiet' },
        artifact: {
          kind: 'archive',
          url: 'https://u:pass-word-1@example.org/path-token-00001/x.tar.gz?sig=sig-1',
        },
      },
    },
  },
  hooks: [
    { on: ['reset.live'], command: ['/usr/bin/notify', '--key', 'hook-token-1'] },
    { on: ['reset.live'], webhook: 'https://hooks.example.org/services/T0000/B0000/hook-path-1' },
  ],
  checkpoint: {
    providers: ['https://provider.example.org/v3/provider-token-1', 'https://plain.example.org'],
  },
};

describe('a redacted configuration', () => {
  it('keeps names, versions and ports, and of addresses the host', () => {
    expect(redactedConfig(config)).toEqual({
      version: 1,
      networks: { mine: { devnet: { seed: '[redacted]', validators: 64 } } },
      nodes: {
        home: {
          network: 'mine',
          execution: {
            client: 'geth',
            version: '1.17.6',
            ports: { rpc: 8545 },
            args: [
              '--verbosity=[redacted]',
              '--ethstats=[redacted]',
              '--http.api',
              '[redacted]',
              '[redacted]',
            ],
            env: { API_TOKEN: '[redacted]', MODE: '[redacted]' },
            artifact: { kind: 'archive', url: 'https://example.org/[redacted]' },
          },
        },
      },
      hooks: [
        { on: ['reset.live'], command: ['/usr/bin/notify', '--key', '[redacted]'] },
        { on: ['reset.live'], webhook: 'https://hooks.example.org/[redacted]' },
      ],
      checkpoint: { providers: ['https://provider.example.org/[redacted]', 'https://plain.example.org'] },
    });
  });

  it('tells which words must not be seen anywhere else, and spares those that say nothing', () => {
    const secrets = secretsOf(config);
    expect(secrets).toEqual(
      expect.arrayContaining([
        'rain on the roof',
        'me:hunter2@stats.example',
        'loose-token-1',
        'env-token-1',
        'pass-word-1',
        'sig-1',
        'path-token-00001',
        'hook-token-1',
        '/services/T0000/B0000/hook-path-1',
        '/v3/provider-token-1',
      ]),
    );
    expect(secrets).not.toContain('3');
    expect(secrets).not.toContain('/usr/bin/notify');
  });

  it('does not look elsewhere for words of a few letters, which are something else there', () => {
    const consensus = {
      client: 'x',
      builderUrl: 'https://a:b@example.org/p?x=1&key=long-value',
      env: { A: 'y' },
    };
    expect(redactedConfig({ nodes: { home: { consensus } } })).toEqual({
      nodes: {
        home: {
          consensus: { client: 'x', builderUrl: 'https://example.org/[redacted]', env: { A: '[redacted]' } },
        },
      },
    });
    expect(secretsOf({ consensus })).toEqual(['?x=1&key=long-value', 'long-value']);
  });

  it('shows of one that was refused what stands where the schema expects it', () => {
    const refused = {
      version: 1,
      nodes: { home: { network: 'mine', execution: { client: 'geth', pasword: 'hunter2' }, consensus: 'x' } },
      enviroment: { A: 'hunter2' },
      hooks: 'hunter2',
    };
    expect(redactedRefusal(refused)).toEqual({
      version: 1,
      nodes: {
        home: {
          network: 'mine',
          execution: { client: 'geth', pasword: '[redacted]' },
          consensus: '[redacted]',
        },
      },
      enviroment: '[redacted]',
      hooks: '[redacted]',
    });
  });
});
