import { describe, expect, it } from 'vitest';
import { clients } from '../../src/app/registries/clients.ts';
import type { ClientContext, ClientDefinition } from '../../src/core/clients/client.ts';
import { asProcess, busyContext, quietContext, scenes } from './clients/contexts.ts';
import { type OpenedPort, openedPorts } from './clients/opened-ports.ts';

const nameOf = ({ layer, id }: ClientDefinition) => `${layer}.${id}`;

/** All there is to say: alone and among others, as a process and in a container, at the version of today and later. */
function contextsOf(client: ClientDefinition): readonly ClientContext[] {
  return scenes
    .flatMap((scene) => [quietContext(client, scene), busyContext(client, scene)])
    .flatMap((context) => [context, { ...context, version: 'latest' }]);
}

/** The number that a command line gives an opened port; undefined where it opens none. */
function numberOf(opened: OpenedPort, args: readonly string[]): number | 'not set' | undefined {
  if (opened.off !== undefined && args.includes(opened.off)) return undefined;
  if (opened.on !== undefined && !args.includes(opened.on)) return undefined;
  const values = args.flatMap((arg) =>
    arg.startsWith(`${opened.flag}=`) ? [arg.slice(opened.flag.length + 1)] : [],
  );
  const number = /^(?:[\d.]+:)?(\d+)$/.exec(values[0] ?? '')?.[1];
  return values.length !== 1 || number === undefined ? 'not set' : Number(number);
}

function protocolsOf(protocol: OpenedPort['protocol']): readonly string[] {
  return protocol.split('+');
}

describe('every port that a client opens', () => {
  it.each(clients)('$layer $id: is known', (client) => {
    expect(openedPorts[nameOf(client)], nameOf(client)).toBeDefined();
  });

  it.each(clients)('$layer $id: has a number of ours, its own, and is declared as what it is', (client) => {
    const everUsed = new Set<number>();
    for (const context of contextsOf(client)) {
      const { args } = client.program(context);
      const taken: string[] = [];
      for (const opened of openedPorts[nameOf(client)] ?? []) {
        if (opened.isLater === true && context.version !== 'latest') continue;
        const number = numberOf(opened, args);
        if (number === undefined) continue;
        const what = `${nameOf(client)} ${context.version}: ${opened.what} (${opened.flag})`;
        const declared = client.ports.find(({ name }) => context.ports[name] === number);
        expect(declared, `${what} is ${number}`).toBeDefined();
        for (const protocol of protocolsOf(opened.protocol)) {
          expect(protocolsOf(declared?.protocol ?? 'tcp'), what).toContain(protocol);
          taken.push(`${protocol} ${number}`);
        }
        everUsed.add(Number(number));
      }
      expect(taken.length, `${nameOf(client)} opens one port twice: ${taken.join(', ')}`).toBe(
        new Set(taken).size,
      );
    }
    const { ports } = quietContext(client, asProcess);
    expect(
      client.ports.filter(({ name }) => !everUsed.has(ports[name] ?? 0)),
      'never opened',
    ).toEqual([]);
  });
});
