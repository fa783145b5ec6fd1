import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isEphemeryError } from '../base/errors.ts';
import { archives } from '../core/clients/archives.ts';
import type { ClientDefinition, Layer } from '../core/clients/client.ts';
import { flagsAfter } from '../core/clients/flag-variables.ts';
import { loopback, open, steering } from '../core/clients/ports.ts';
import { checkAgainstCatalogue, type Offer } from './catalogue-check.ts';
import { parseConfig } from './parse.ts';

const folder = join(import.meta.dirname, '../../test/fixtures/config');

function client(id: string, layer: Layer): ClientDefinition {
  return {
    id,
    layer,
    displayName: id,
    artifacts: [{ kind: 'npm', package: id, bin: 'x' }],
    forks: [{ fork: 'electra', since: '0', source: 'this test' }],
    highestFork: () => 'electra',
    ports: [loopback('rpc'), steering('engine'), open('p2p')],
    identityFiles: [],
    managedFlags: ['--dataDir'],
    stop: { signal: 'SIGTERM', deadlineMs: 1, resetStopDeadlineMs: 1 },
    tasks: () => [],
    program: () => ({ args: [], env: {} }),
    readiness: () => ({ kind: 'none' }),
  };
}

const offer: Offer = {
  clients: [
    { ...client('ethereumjs', 'execution'), flagOfVariable: flagsAfter(['TOOL_']) },
    { ...client('mayfly', 'consensus'), followsProducer: true },
    client('peered', 'consensus'),
    {
      ...client('inside', 'consensus'),
      artifacts: [],
      hostedBy: 'ethereumjs',
      managedFlags: ['--insidePort'],
    },
    { ...client('pictured', 'consensus'), artifacts: [], hostedBy: 'imaged' },
    client('landlord', 'consensus'),
    {
      ...client('lodger', 'validator'),
      artifacts: [],
      hostedBy: 'landlord',
      managedFlags: ['--lodgerPort'],
      needsSigner: true,
      needsOwnSigner: true,
    },
    {
      ...client('pretend', 'validator'),
      keymanager: {
        port: 'k',
        token: 'ours',
        keys: 'both',
        settings: ['feeRecipient', 'gasLimit', 'graffiti'],
        signsExits: false,
      },
    },
    client('untold', 'validator'),
    {
      ...client('alone', 'validator'),
      keymanager: { port: 'k', token: 'ours', keys: 'local', settings: [], signsExits: false },
    },
    client('web3signer', 'signer'),
    {
      ...client('postgresql', 'database'),
      artifacts: [{ kind: 'image', image: 'example.org/postgres', tag: '{version}' }],
    },
    { ...client('needy', 'validator'), needsSigner: true, needsFeeRecipient: true },
    {
      ...client('imaged', 'execution'),
      artifacts: [{ kind: 'image', image: 'x', tag: 'x' }, { kind: 'path' }],
    },
    {
      ...client('elsewhere', 'consensus'),
      followsProducer: true,
      artifacts: [
        archives({ 'linux-x64': 'x' }, (x) => ({ url: `https://example.org/${x}`, format: 'zip', bin: x })),
        { kind: 'path' },
      ],
    },
  ],
  refused: [
    {
      id: 'indoors',
      layer: 'validator',
      displayName: 'Indoors',
      reason: 'Indoors signs only in its own beacon node.',
      remedy: 'Choose another.',
    },
  ],
  runtimes: ['process', 'container'],
  platform: 'linux-arm64',
};

function load(file: string) {
  const parsed = parseConfig(readFileSync(join(folder, file), 'utf8'), file);
  checkAgainstCatalogue(parsed, offer);
  return parsed.config;
}

const filesOf = (kind: string) => readdirSync(join(folder, kind)).filter((name) => name.endsWith('.yaml'));

describe('good configurations load, defaults in place', () => {
  it.each(filesOf('good'))('%s', async (name) => {
    const config = load(`good/${name}`);
    await expect(`${JSON.stringify(config, null, 2)}\n`).toMatchFileSnapshot(
      join(folder, 'good', name.replace('.yaml', '.json')),
    );
  });
});

describe('bad configurations are refused with place and remedy', () => {
  it.each(filesOf('bad'))('%s', async (name) => {
    const thrown = await Promise.resolve()
      .then(() => load(`bad/${name}`))
      .catch((cause: unknown) => cause);
    if (!isEphemeryError(thrown)) throw new Error(`${name} was not refused: ${String(thrown)}`);
    const text = `${thrown.code}\n${thrown.message}\n${thrown.remedy}\n`;
    await expect(text).toMatchFileSnapshot(join(folder, 'bad', name.replace('.yaml', '.txt')));
  });
});
