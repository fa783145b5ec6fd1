import { describe, expect, it } from 'vitest';
import { clients } from '../../src/app/registries/clients.ts';
import { createCatalogue } from '../../src/core/clients/catalogue.ts';
import { quietContext, scenes } from './clients/contexts.ts';
import { shown } from './clients/shown.ts';
import { golden } from './golden.ts';

const catalogue = createCatalogue(clients);
const pairs = (front: 'execution' | 'consensus', behind: 'consensus' | 'validator') =>
  catalogue.of(front).flatMap((one) => catalogue.of(behind).map((other) => ({ one, other })));

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
        ...shown(client, context),
        '',
      ]);
    });
    const text = lines.join('\n');
    expect(text).toBe(await golden(`pairs/web3signer+validator.${validator.id}.txt`, text));
  });
});

/** What a neighbour changes is the address it is told; everything else is in the client's own golden. */
describe('command lines of pairs', () => {
  it.each(pairs('execution', 'consensus'))('$one.id with $other.id', async ({ one, other }) => {
    const lines = scenes.flatMap((scene) => [
      `# ${one.displayName}, ${scene.name}`,
      ...shown(one, quietContext(one, scene)),
      '',
      `# ${other.displayName}, ${scene.name}`,
      ...shown(other, quietContext(other, scene, { execution: one })),
      '',
    ]);
    const text = lines.join('\n');
    expect(text).toBe(await golden(`pairs/${one.id}+${other.id}.txt`, text));
  });

  it.each(pairs('consensus', 'validator'))('$one.id serving $other.id', async ({ one, other }) => {
    const lines = scenes.flatMap((scene) => [
      `# ${one.displayName}, ${scene.name}`,
      ...shown(one, quietContext(one, scene)),
      '',
      `# ${other.displayName}, ${scene.name}`,
      ...shown(other, quietContext(other, scene, { consensus: one })),
      '',
    ]);
    const text = lines.join('\n');
    expect(text).toBe(await golden(`pairs/${one.id}+validator.${other.id}.txt`, text));
  });
});
