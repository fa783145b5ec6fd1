import { describe, expect, it } from 'vitest';
import { clients } from '../../src/app/registries/clients.ts';
import { createCatalogue } from '../../src/core/clients/catalogue.ts';
import type { ClientContext, ClientDefinition } from '../../src/core/clients/client.ts';
import { type Beside, publicContext, quietContext, type Scene, scenes } from './clients/contexts.ts';
import { shown } from './clients/shown.ts';
import { golden } from './golden.ts';

const catalogue = createCatalogue(clients);
const pairs = (front: 'execution' | 'consensus', behind: 'consensus' | 'validator') =>
  catalogue
    .of(front)
    .flatMap((one) => catalogue.of(behind).map((other) => ({ one, other })))
    .filter(({ one, other }) => other.hostedBy === undefined || other.hostedBy === one.id);

/** Those that sign themselves ask nobody. */
const signed = catalogue.of('validator').filter(({ keymanager }) => keymanager?.keys !== 'local');
const keys = [
  { key: `0x${'8a'.repeat(48)}`, feeRecipient: `0x${'22'.repeat(20)}` },
  { key: `0x${'8b'.repeat(48)}` },
] as const;

describe('command lines with a signer', () => {
  const signer = catalogue.get('signer', 'web3signer');
  it.each(signed)('$id, signed for by web3signer', async (validator) => {
    const lines = scenes.flatMap((scene) => {
      const signerUrl = `http://${scene.neighbour('signer')}:21030`;
      const parts = [
        { client: signer, context: quietContext(signer, scene) },
        { client: validator, context: { ...quietContext(validator, scene), signerUrl } },
      ];
      return parts.flatMap(({ client, context }) => [
        `# ${client.displayName}, ${scene.name}`,
        ...(client.keyFiles?.files?.(context, keys) ?? []).flatMap(({ path, content }) => [
          `key file ${path}`,
          ...content
            .trimEnd()
            .split('\n')
            .map((line) => `  ${line}`),
        ]),
        ...alone(client, context, scene),
        '',
      ]);
    });
    const text = lines.join('\n');
    expect(text).toBe(await golden(`pairs/web3signer+validator.${validator.id}.txt`, text));
  });
});

/** A client with as little beside it as there can be. */
function alone(client: ClientDefinition, context: ClientContext, scene: Scene): string[] {
  const host = hostOf(client);
  return host === undefined
    ? shown(client, context)
    : hostShown(host, quietContext(host, scene), { client, context, scene });
}

/** Each with all that it is told, as the public network has it, and with as little as there can be. */
const situations = [
  { on: 'on a network of its own', contextOf: quietContext },
  { on: 'on the public network', contextOf: publicContext },
] as const;

type ContextOf = (typeof situations)[number]['contextOf'];

function hostOf({ layer, hostedBy }: ClientDefinition): ClientDefinition | undefined {
  if (hostedBy === undefined) return undefined;
  return catalogue.get(layer === 'validator' ? 'consensus' : 'execution', hostedBy);
}

/** A program with another client in it, which sees what that program sees. */
function hostShown(
  host: ClientDefinition,
  context: ClientContext,
  inner: { readonly client: ClientDefinition; readonly context: ClientContext; readonly scene: Scene },
): string[] {
  const { keymanagerToken } = inner.context.paths;
  const paths = {
    ...inner.scene.paths(host.layer),
    ...(keymanagerToken === undefined ? {} : { keymanagerToken }),
  };
  const { args } = inner.client.program({ ...inner.context, paths });
  return shown(host, { ...context, hosted: args });
}

/** The programs of a pair: of two clients in one, that one. */
function programsOf(one: ClientDefinition, other: ClientDefinition) {
  const whole = (client: ClientDefinition, beside: Beside) => {
    const host = hostOf(client);
    return {
      name: host === undefined ? client.displayName : `${host.displayName} with ${client.displayName}`,
      text: (contextOf: ContextOf, scene: Scene) => {
        const own = contextOf(client, scene, beside);
        if (host === undefined) return shown(client, own);
        return hostShown(host, contextOf(host, scene), { client, context: own, scene });
      },
    };
  };
  if (other.hostedBy === one.id) return [whole(other, {})];
  return [whole(one, {}), whole(other, { [one.layer]: one })];
}

function pairText(one: ClientDefinition, other: ClientDefinition): string {
  // Who follows a producer is on a local network alone.
  const isLocal = one.followsProducer === true || other.followsProducer === true;
  const lines = situations
    .filter(({ contextOf }) => !isLocal || contextOf === quietContext)
    .flatMap(({ on, contextOf }) =>
      scenes.flatMap((scene) =>
        programsOf(one, other).flatMap(({ name, text }) => [
          `# ${name}, ${on}, ${scene.name}`,
          ...text(contextOf, scene),
          '',
        ]),
      ),
    );
  return lines.join('\n');
}

describe('command lines of pairs', () => {
  it.each(pairs('execution', 'consensus'))('$one.id with $other.id', async ({ one, other }) => {
    const text = pairText(one, other);
    expect(text).toBe(await golden(`pairs/${one.id}+${other.id}.txt`, text));
  });

  it.each(pairs('consensus', 'validator'))('$one.id serving $other.id', async ({ one, other }) => {
    const text = pairText(one, other);
    expect(text).toBe(await golden(`pairs/${one.id}+validator.${other.id}.txt`, text));
  });

  /** What joins a network and earns on it, by clients that have it: without it, a golden shows a node that is alone. */
  it.each(pairs('execution', 'consensus').filter(({ other }) => other.followsProducer !== true))(
    '$one.id with $other.id are shown as they join the public network',
    ({ one, other }) => {
      const text = pairText(one, other);
      for (const told of ['enode://', '198.51.100.7', 'https://checkpoint.example', 'http://127.0.0.1:18550'])
        expect(text).toContain(told);
    },
  );
});
