import { describe, expect, it } from 'vitest';
import { clients } from '../../src/app/registries/clients.ts';
import { refuseManagedFlags } from '../../src/core/clients/managed-flags.ts';
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
