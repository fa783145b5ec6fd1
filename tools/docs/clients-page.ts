import { clients, refusedClients } from '../../src/app/registries/clients.ts';
import type { ArtifactChoice } from '../../src/core/clients/artifact-choice.ts';
import type { ClientDefinition, Layer } from '../../src/core/clients/client.ts';
import { code, type Page, table } from './page.ts';

const layers: readonly Layer[] = ['execution', 'consensus', 'validator', 'signer', 'database'];

export const clientsPage: Page = {
  file: 'clients.md',
  title: 'Clients',
  render: async () =>
    [
      'Every client that a configuration can name. `ephemery clients` prints the same as a table, and `--json` all of it.',
      overview(),
      'A pair works together when each of its clients reaches the forks that the network schedules, and is refused with the reason when one does not. On a local network only a consensus client that follows its producer has anything to follow.',
      ...refusedClients.map(
        ({ displayName, layer, reason, remedy }) =>
          `**${displayName} as ${layer} client is refused.** ${reason} ${remedy}`,
      ),
      ...layers.flatMap((layer) => [
        `## ${layer[0]?.toUpperCase()}${layer.slice(1)} clients`,
        ...clients.filter((client) => client.layer === layer).map(section),
      ]),
    ].join('\n\n'),
};

function overview(): string {
  return table(
    ['client', 'layer', 'id', 'default version', 'highest fork', 'from version'],
    clients.map((client) => {
      const highest = client.forks[client.forks.length - 1];
      return [
        client.displayName,
        client.layer,
        code(client.id),
        client.defaultVersion ?? '',
        highest?.fork ?? '',
        highest?.since ?? '',
      ];
    }),
  );
}

const openTo = { loopback: 'this host', node: 'its own node', public: 'everybody' } as const;

function section(client: ClientDefinition): string {
  const { jsonLogs, metrics, findsOwnAddress } = client;
  const notes = [...(client.notes ?? []), ...(findsOwnAddress === undefined ? [] : [findsOwnAddress])];
  return [
    `### ${client.displayName} (${client.layer})`,
    client.hostedBy === undefined ? alone(client) : inside(client, client.hostedBy),
    `Programs: ${programs(client)}.`,
    table(
      ['fork', 'from version', 'read in'],
      client.forks.map(({ fork, since, source }) => [fork, since, source]),
    ),
    table(
      ['port', 'protocol', 'open to'],
      client.ports.map(({ name, protocol, exposure }) => [name, protocol, openTo[exposure]]),
    ),
    ...(metrics === undefined ? [] : [`Metrics: port \`${metrics.port}\`, path \`${metrics.path}\`.`]),
    ...keys(client),
    ...(jsonLogs === undefined ? [] : [`Logs as JSON: ${jsonLogs.map(code).join(' ')} in \`args\`.`]),
    ...(notes.length === 0 ? [] : [notes.map((note) => `- ${note}`).join('\n')]),
    `Flags that we set, refused in \`args\`: ${[...client.managedFlags].sort().map(code).join(', ')}.`,
  ].join('\n\n');
}

function alone({ id, stop }: ClientDefinition): string {
  return (
    `\`client: ${id}\`. On \`down\` it gets ${stop.signal} and ` +
    `${stop.deadlineMs / 1_000} s to stop, at a reset ${stop.resetStopDeadlineMs / 1_000} s.`
  );
}

function inside({ id, layer }: ClientDefinition, host: string): string {
  return (
    `\`${layer}: { client: ${id} }\` beside \`execution: { client: ${host} }\`. It starts and stops with that one: ` +
    '[how to get there](../how-to/change-clients.md#one-program-for-both-layers).'
  );
}

function programs(client: ClientDefinition): string {
  if (client.hostedBy !== undefined) return `none of its own, it is a part of \`${client.hostedBy}\``;
  return client.artifacts.map((choice) => describeArtifact(choice, client)).join('; ');
}

function keys({ identityFiles, keymanager }: ClientDefinition): string[] {
  const kept = identityFiles.map(({ dataPath }) => code(dataPath)).join(', ');
  return [
    ...(kept === '' ? [] : [`Its name among peers, kept over resets: ${kept}.`]),
    ...(keymanager === undefined
      ? []
      : [
          `Keymanager API: port \`${keymanager.port}\`, ${keymanager.token === 'none' ? 'without a token' : 'with a token that we make'}. ${carried(keymanager)}`,
        ]),
  ];
}

const settingWords = { feeRecipient: 'fee recipient', gasLimit: 'gas limit', graffiti: 'graffiti' } as const;

/** What of a key's own comes back after a reset. */
function carried({ settings, signsExits }: NonNullable<ClientDefinition['keymanager']>): string {
  const exits = signsExits ? 'It signs exits.' : 'It signs no exits.';
  if (settings.length === 0) return `Single keys cannot be told anything. ${exits}`;
  const words = settings.map((name) => settingWords[name]).join(', ');
  return `What a key is told there is carried over resets: ${words}. ${exits}`;
}

function describeArtifact(choice: ArtifactChoice, { defaultVersion = '' }: ClientDefinition): string {
  switch (choice.kind) {
    case 'builtin':
      return `builtin, \`${choice.package}\` ${choice.version}`;
    case 'npm':
      return `npm, \`${choice.package}\``;
    case 'archive': {
      const platforms = Object.entries(choice.platforms);
      const checked = platforms.some(([, { checksum }]) => checksum !== undefined);
      const needs = choice.needs === undefined ? '' : `, needs ${choice.needs.join(', ')}`;
      const only = choice.commits === undefined ? '' : `, versions ${Object.keys(choice.commits).join(', ')}`;
      return (
        `archive for ${platforms.map(([name]) => name).join(', ')}${only}${needs} ` +
        `(${checked ? "checked against the publisher's SHA-256" : 'trusted when first seen, then pinned'})`
      );
    }
    case 'image':
      return `image, \`${choice.image}:${choice.tag.replaceAll('{version}', defaultVersion)}\``;
    case 'path':
      return 'a path of your own';
  }
}
