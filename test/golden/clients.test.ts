import { describe, expect, it } from 'vitest';
import { clients } from '../../src/app/registries/clients.ts';
import { Secret } from '../../src/base/secret.ts';
import { tellsNumber } from '../../src/core/clients/fork-support.ts';
import { refuseManagedFlags } from '../../src/core/clients/managed-flags.ts';
import { exportLayouts } from '../../src/core/keys/export-layout.ts';
import { exportFiles, placesOf } from '../../src/operations/keys/export-layouts.ts';
import { asProcess, busyContext, quietContext, scenes } from './clients/contexts.ts';
import { protectionTasks, shown, surroundings } from './clients/shown.ts';
import { golden } from './golden.ts';

describe('command lines of clients', () => {
  it.each(clients)('$layer $id', async (client) => {
    const parts = scenes.flatMap((scene) => [
      `# alone, ${scene.name}`,
      ...shown(client, quietContext(client, scene)),
      ...protectionTasks(client, quietContext(client, scene)),
      '',
      `# among others, ${scene.name}`,
      ...shown(client, busyContext(client, scene)),
      '',
    ]);
    const text = `${[...parts, ...surroundings(client, quietContext(client, asProcess))].join('\n')}\n`;
    expect(text).toBe(await golden(`clients/${client.layer}.${client.id}.txt`, text));
  });
});

describe('flags that we set', () => {
  const flagsOf = (args: readonly string[]) =>
    args.filter((arg) => arg.startsWith('-')).map((arg) => arg.split('=', 1)[0] ?? '');

  it.each(clients)('of $layer $id are refused in a configuration', (client) => {
    const contexts = scenes.flatMap((scene) => [
      { ...quietContext(client, scene), args: [] },
      { ...busyContext(client, scene), args: [] },
    ]);
    const flags = new Set(contexts.flatMap((context) => flagsOf(client.program(context).args)));
    expect(flags.size).toBeGreaterThan(0);
    for (const flag of flags) {
      expect(() => refuseManagedFlags(client, [flag])).toThrow('is set by Ephemery Node');
    }
  });
});

describe('the address under which peers reach a host', () => {
  const reached = clients.filter(({ ports }) => ports.some(({ exposure }) => exposure === 'public'));

  it.each(reached)('is told to $layer $id, or its entry says why not', (client) => {
    for (const scene of scenes) {
      const context = busyContext(client, scene);
      const isTold = client.program(context).args.some((arg) => arg.includes(context.externalAddress ?? '?'));
      expect(isTold, scene.name).toBe(client.findsOwnAddress === undefined);
    }
  });
});

describe('the versions of the catalogue', () => {
  const versioned = clients.filter(({ defaultVersion }) => defaultVersion !== undefined);

  it.each(versioned)('$layer $id has a number, which its forks are held against', (client) => {
    const { defaultVersion = '' } = client;
    const isOurs = client.artifacts.every(({ kind }) => kind === 'builtin');
    expect(isOurs || tellsNumber(defaultVersion), defaultVersion).toBe(true);
  });
});

describe('layouts in which keys are copied out', () => {
  const owners = clients.filter(({ exportLayout }) => exportLayout !== undefined);

  it('are those that clients declare, and that of deposit tools', () => {
    expect([...owners.map(({ id }) => id), 'eip2335'].sort()).toEqual([...exportLayouts].sort());
  });

  it.each(exportLayouts)('%s', async (layout) => {
    const stored = { keystore: '{}', password: new Secret('known to the keystore') };
    const files = exportFiles(placesOf(layout, clients), `0x${'8a'.repeat(48)}`, stored);
    const text = files.map(({ path, content }) => `# ${path}\n${content.trimEnd()}\n`).join('\n');
    expect(text).toBe(await golden(`layouts/${layout}.txt`, text));
  });
});
