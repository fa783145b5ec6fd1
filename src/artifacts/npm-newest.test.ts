import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type NpmRegistry, startNpmRegistry } from '../../test/support/npm-registry.ts';
import { runCommand } from '../base/exec.ts';
import { newestOfNpm } from './npm-newest.ts';

let registry: NpmRegistry;
let home: string;

beforeEach(async () => {
  registry = await startNpmRegistry();
  home = await mkdtemp(join(tmpdir(), 'ephemery-npm-'));
});

afterEach(async () => {
  await registry.close();
  await rm(home, { recursive: true, force: true });
});

const asked = (name: string) => {
  const env = { PATH: process.env.PATH, HOME: home, npm_config_registry: registry.url };
  return newestOfNpm(name, { execute: (request) => runCommand({ ...request, env, folder: home }) });
};

describe('the newest version of an npm package', () => {
  it('is what the registry of npm calls latest', async () => {
    await registry.publish({ name: 'toy', version: '1.0.0', program: '' });
    await registry.publish({ name: 'toy', version: '1.1.0', program: '' });
    expect(await asked('toy')).toEqual({
      known: true,
      value: { version: '1.1.0', tag: 'latest', address: `${registry.url}/toy/1.1.0.tgz` },
    });
  });

  it('is unknown for what the registry does not have, and when it does not answer', async () => {
    expect(await asked('other')).toEqual({ known: false, reason: 'npm could not ask: E404' });
    await registry.close();
    expect(await asked('toy')).toEqual({ known: false, reason: 'npm could not ask: ECONNREFUSED' });
  });
});

describe('what npm is made to say', () => {
  const said = (stdout: string, exitCode = 0, name = 'toy') =>
    newestOfNpm(name, { execute: async () => ({ outcome: 'ended', exitCode, stdout, stderr: '' }) });
  const tarball = 'https://example.org/toy.tgz';

  it.each([
    ['{}'],
    ['nonsense'],
    ['[]'],
    [JSON.stringify({ version: '1.0.0\u001b[2J', 'dist.tarball': tarball })],
    [JSON.stringify({ version: '1.0.0' })],
    [JSON.stringify({ version: '1.0.0', 'dist.tarball': 'file:///etc/passwd' })],
    [JSON.stringify({ version: '1.0.0', 'dist.tarball': `${tarball}?${'a'.repeat(600)}` })],
  ])('is not taken for a version: %s', async (stdout) => {
    expect(await said(stdout)).toEqual({ known: false, reason: 'npm names no version of it' });
  });

  it('is shown without what could be a secret', async () => {
    const address = 'https://me:hidden@example.org/toy.tgz?token=hidden';
    const answer = await said(JSON.stringify({ version: '1.0.0', 'dist.tarball': address }));
    expect(answer).toMatchObject({ value: { address: tarball } });
    expect(await said(JSON.stringify({ error: { code: '\u001b[2J' } }), 1)).toMatchObject({
      reason: 'npm could not ask: it does not say why',
    });
  });

  it('is not asked for what is no name, or without npm', async () => {
    const never = () => Promise.reject(new Error('nothing may run'));
    const reason = 'its package has a name that no registry has';
    expect(await newestOfNpm('git+https://x', { execute: never })).toEqual({ known: false, reason });
    const none = async () => ({ outcome: 'not-found' }) as const;
    expect(await newestOfNpm('toy', { execute: none })).toMatchObject({
      reason: 'there is no npm on the PATH',
    });
    const late = async () => ({ outcome: 'deadline' }) as const;
    expect(await newestOfNpm('toy', { execute: late })).toMatchObject({
      reason: 'npm did not answer within 20 s',
    });
  });
});
